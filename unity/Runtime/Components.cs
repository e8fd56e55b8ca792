// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

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
            int[] labels = new int[components.Length];
            fixed (int* o = weights.Offsets, g = weights.Groups, c = components, result = labels)
            fixed (float* w = weights.Weights)
            {
                Library.Check(NativeMethods.hem_find_rigid_parts(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    (uint*)c, Arguments.LabelCount(components), tolerance, (uint*)result, null));
            }

            return labels;
        }

        /// <summary>Joins components that lie within a distance of each other.</summary>
        /// <param name="points">Positions, 3 numbers each.</param>
        /// <param name="components">The component of each point, or none.</param>
        /// <param name="distance">Metres.</param>
        /// <returns>The cluster of each component, numbered by their lowest components.</returns>
        public static int[] Cluster(
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> components,
            float distance,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Arguments.Length(points.Length, 3L * components.Length, nameof(points));
            int[] clusters = new int[(int)Arguments.LabelCount(components)];
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points)
            fixed (int* c = components, result = clusters)
            {
                call.Check(NativeMethods.hem_cluster_components(
                    p, (uint*)c, (UIntPtr)(uint)components.Length, (UIntPtr)(uint)clusters.Length, distance,
                    (uint*)result, null, call.Pointer));
            }

            return clusters;
        }

        /// <summary>A tight oriented box around each component's points.</summary>
        /// <param name="points">Positions, 3 numbers each.</param>
        /// <param name="components">The component of each point, or none.</param>
        /// <param name="halfExtents">3 numbers a component, metres, descending.</param>
        /// <returns>16 numbers a component, row-major: unit axes as columns, and the centre.</returns>
        public static double[] FitBoxes(
            ReadOnlySpan<float> points, ReadOnlySpan<int> components, out double[] halfExtents)
        {
            Library.Require();
            Arguments.Length(points.Length, 3L * components.Length, nameof(points));
            int count = (int)Arguments.LabelCount(components);
            halfExtents = new double[3 * count];
            double[] frames = new double[16 * count];
            fixed (float* p = points)
            fixed (int* c = components)
            fixed (double* f = frames, h = halfExtents)
            {
                Library.Check(NativeMethods.hem_fit_boxes(
                    p, (uint*)c, (UIntPtr)(uint)components.Length, (UIntPtr)(uint)count, f, h));
            }

            return frames;
        }
    }
}
