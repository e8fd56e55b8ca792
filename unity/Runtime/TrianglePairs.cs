// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>Pairs of triangles that intersect.</summary>
    public sealed unsafe class TrianglePairs : NativeHandle
    {
        readonly uint* pairs;

        TrianglePairs(HemTrianglePairs* pointer) : base(pointer)
        {
            UIntPtr count;
            fixed (uint** view = &pairs)
            {
                Library.Check(NativeMethods.hem_triangle_pairs_view(pointer, view, &count));
            }

            Count = (int)count;
        }

        /// <summary>Number of pairs.</summary>
        public int Count { get; }

        /// <summary>2 triangles a pair; valid until this is disposed of.</summary>
        public ReadOnlySpan<int> Pairs
        {
            get
            {
                if (IsClosed)
                {
                    throw new ObjectDisposedException(nameof(TrianglePairs));
                }

                return new ReadOnlySpan<int>(pairs, 2 * Count);
            }
        }

        /// <summary>Finds the triangles of a mesh that intersect each other.</summary>
        public static TrianglePairs FindInside(
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> triangles,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            HemTrianglePairs* made;
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points)
            fixed (int* t = triangles)
            {
                call.Check(NativeMethods.hem_self_intersecting_triangles(
                    p, count, (uint*)t, triangleCount, &made, call.Pointer));
            }

            return new TrianglePairs(made);
        }

        /// <summary>Finds the pairs of a triangle of one mesh and one of another that intersect.</summary>
        public static TrianglePairs FindBetween(
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> triangles,
            ReadOnlySpan<float> otherPoints,
            ReadOnlySpan<int> otherTriangles,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            UIntPtr otherCount = Arguments.Rows(otherPoints.Length, 3, nameof(otherPoints));
            UIntPtr otherTriangleCount = Arguments.Rows(otherTriangles.Length, 3, nameof(otherTriangles));
            HemTrianglePairs* made;
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points, q = otherPoints)
            fixed (int* t = triangles, u = otherTriangles)
            {
                call.Check(NativeMethods.hem_intersecting_triangles(
                    p, count, (uint*)t, triangleCount, q, otherCount, (uint*)u, otherTriangleCount, &made, call.Pointer));
            }

            return new TrianglePairs(made);
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_triangle_pairs_destroy((HemTrianglePairs*)handle);
            return true;
        }
    }
}
