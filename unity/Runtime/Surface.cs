// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>A triangle surface that answers closest-point queries, such as a body.</summary>
    public sealed unsafe class Surface : NativeHandle
    {
        Surface(HemSurface* pointer, int vertexCount, int triangleCount) : base(pointer)
        {
            VertexCount = vertexCount;
            TriangleCount = triangleCount;
        }

        /// <summary>Number of vertices.</summary>
        public int VertexCount { get; }

        /// <summary>Number of triangles.</summary>
        public int TriangleCount { get; }

        /// <summary>Builds a surface.</summary>
        /// <param name="points">Positions, 3 numbers a vertex, metres.</param>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        public static Surface Create(ReadOnlySpan<float> points, ReadOnlySpan<int> triangles)
        {
            return Make(points, triangles, false);
        }

        /// <summary><see cref="Create"/> by way of the index cache: builds only what it does not hold.</summary>
        public static Surface Acquire(ReadOnlySpan<float> points, ReadOnlySpan<int> triangles)
        {
            return Make(points, triangles, true);
        }

        static Surface Make(ReadOnlySpan<float> points, ReadOnlySpan<int> triangles, bool cached)
        {
            Library.Require();
            UIntPtr pointCount = Arguments.Rows(points.Length, 3, nameof(points));
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            HemSurface* made;
            fixed (float* p = points)
            fixed (int* t = triangles)
            {
                Library.Check(cached
                    ? NativeMethods.hem_surface_acquire(p, pointCount, (uint*)t, triangleCount, &made)
                    : NativeMethods.hem_surface_create(p, pointCount, (uint*)t, triangleCount, &made));
            }

            return new Surface(made, (int)pointCount, (int)triangleCount);
        }

        /// <summary>Finds the closest point of the surface for each query.</summary>
        /// <param name="queries">Positions, 3 numbers each.</param>
        /// <param name="maxDistance">Metres; nothing farther is found.</param>
        public ClosestPoints FindClosest(
            ReadOnlySpan<float> queries,
            float maxDistance = float.PositiveInfinity,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(queries.Length, 3, nameof(queries));
            var found = new ClosestPoints((int)count);
            using (var surface = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* triangles = found.Triangles)
            fixed (float* q = queries, b = found.Barycentric, p = found.Points, d = found.Distances)
            {
                call.Check(NativeMethods.hem_surface_closest_points(
                    (HemSurface*)surface.Pointer, q, count, maxDistance, (uint*)triangles, b, p, d, call.Pointer));
            }

            return found;
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_surface_destroy((HemSurface*)handle);
            return true;
        }
    }

    /// <summary>The closest point of a surface for each query.</summary>
    public sealed class ClosestPoints
    {
        internal ClosestPoints(int count)
        {
            Triangles = new int[count];
            Barycentric = new float[3 * count];
            Points = new float[3 * count];
            Distances = new float[count];
        }

        /// <summary>The triangle, <see cref="Library.NoIndex"/> where none is near enough.</summary>
        public int[] Triangles { get; }

        /// <summary>Barycentric coordinates, 3 each.</summary>
        public float[] Barycentric { get; }

        /// <summary>Positions, 3 numbers each.</summary>
        public float[] Points { get; }

        /// <summary>Metres; infinite where none is near enough.</summary>
        public float[] Distances { get; }
    }
}
