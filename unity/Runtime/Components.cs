// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Connected components of a mesh, and those that are rigid.</summary>
    public static unsafe class Components
    {
        /// <summary>How far weights within a rigid part may differ by default.</summary>
        public const float WeightTolerance = 0.001f;

        /// <summary>
        /// The component of each vertex, numbered by their lowest vertices; vertices of one triangle are
        /// connected, those that only lie at one place are not.
        /// </summary>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        /// <param name="vertexCount">Number of vertices.</param>
        public static int[] Find(ReadOnlySpan<int> triangles, int vertexCount)
        {
            Library.Require();
            int[] labels = new int[vertexCount];
            fixed (int* t = triangles, result = labels)
            {
                Library.Check(NativeMethods.hem_find_components(
                    (uint*)t, Arguments.Rows(triangles.Length, 3, nameof(triangles)), (UIntPtr)3u,
                    Arguments.Count(vertexCount, nameof(vertexCount)), (uint*)result, null));
            }

            return labels;
        }

        /// <summary>
        /// The rigid part of each vertex, <see cref="Library.NoIndex"/> for none: components in which all
        /// vertices have the same weights, such as buttons.
        /// </summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="components">The component of each vertex, of <see cref="Find"/>.</param>
        /// <param name="tolerance">How far a weight may differ.</param>
        public static int[] FindRigid(
            WeightRows weights, ReadOnlySpan<int> components, float tolerance = WeightTolerance)
        {
            Library.Require();
            Arguments.Length(components.Length, weights.VertexCount, nameof(components));
            int count = 0;
            foreach (int component in components)
            {
                count = Math.Max(count, component + 1);
            }

            int[] labels = new int[components.Length];
            fixed (int* o = weights.Offsets, g = weights.Groups, c = components, result = labels)
            fixed (float* w = weights.Weights)
            {
                Library.Check(NativeMethods.hem_find_rigid_parts(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    (uint*)c, (UIntPtr)(uint)count, tolerance, (uint*)result, null));
            }

            return labels;
        }
    }
}
