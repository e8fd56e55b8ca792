// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>An index over points; among points at equal distance the lowest index comes first.</summary>
    public sealed unsafe class PointIndex : NativeHandle
    {
        PointIndex(HemPointIndex* pointer) : base(pointer)
        {
        }

        /// <summary>Builds the index.</summary>
        /// <param name="points">Positions, 3 numbers each.</param>
        public static PointIndex Create(ReadOnlySpan<float> points)
        {
            return Make(points, false);
        }

        /// <summary><see cref="Create"/> by way of the index cache: builds only what it does not hold.</summary>
        public static PointIndex Acquire(ReadOnlySpan<float> points)
        {
            return Make(points, true);
        }

        static PointIndex Make(ReadOnlySpan<float> points, bool cached)
        {
            Library.Require();
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            HemPointIndex* made;
            fixed (float* p = points)
            {
                Library.Check(cached
                    ? NativeMethods.hem_point_index_acquire(p, count, &made)
                    : NativeMethods.hem_point_index_create(p, count, &made));
            }

            return new PointIndex(made);
        }

        /// <summary>Finds the nearest point of each query, the lowest of equally near ones.</summary>
        /// <param name="queries">Positions, 3 numbers each.</param>
        /// <param name="indices">One a query; <see cref="Library.NoIndex"/> where none is near enough.</param>
        /// <param name="distances">One a query, metres; infinite where none is.</param>
        /// <param name="maxDistance">Metres; nothing farther is found.</param>
        public void FindNearest(
            ReadOnlySpan<float> queries,
            Span<int> indices,
            Span<float> distances,
            float maxDistance = float.PositiveInfinity,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(queries.Length, 3, nameof(queries));
            Arguments.Length(indices.Length, (long)count, nameof(indices));
            Arguments.Length(distances.Length, (long)count, nameof(distances));
            using (var index = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* q = queries, d = distances)
            fixed (int* i = indices)
            {
                call.Check(NativeMethods.hem_point_index_nearest(
                    (HemPointIndex*)index.Pointer, q, count, maxDistance, (uint*)i, d, call.Pointer));
            }
        }

        /// <summary>Counts the points within a radius (metres, inclusive) of each query.</summary>
        public int[] CountWithin(
            ReadOnlySpan<float> queries,
            float radius,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            int[] counts = new int[(int)Arguments.Rows(queries.Length, 3, nameof(queries))];
            using (var index = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* q = queries)
            fixed (int* c = counts)
            {
                call.Check(NativeMethods.hem_point_index_count_within(
                    (HemPointIndex*)index.Pointer, q, (UIntPtr)(uint)counts.Length, radius, (uint*)c, call.Pointer));
            }

            return counts;
        }

        /// <summary>Finds the k nearest points of each query, ordered by distance, then by index.</summary>
        /// <param name="queries">Positions, 3 numbers each.</param>
        /// <param name="k">Points for each query; 1 at least.</param>
        /// <param name="indices">k a query; missing ones are <see cref="Library.NoIndex"/>.</param>
        /// <param name="distances">k a query, metres; missing ones are infinite.</param>
        /// <param name="maxDistance">Metres; nothing farther is found.</param>
        public void FindNearest(
            ReadOnlySpan<float> queries,
            int k,
            Span<int> indices,
            Span<float> distances,
            float maxDistance = float.PositiveInfinity,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(queries.Length, 3, nameof(queries));
            Arguments.Length(indices.Length, (long)count * k, nameof(indices));
            Arguments.Length(distances.Length, (long)count * k, nameof(distances));
            using (var index = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* q = queries, d = distances)
            fixed (int* i = indices)
            {
                call.Check(NativeMethods.hem_point_index_k_nearest(
                    (HemPointIndex*)index.Pointer, q, count, Arguments.Count(k, nameof(k)), maxDistance,
                    (uint*)i, d, call.Pointer));
            }
        }

        /// <summary>Finds all points within a radius (metres, inclusive) of each query.</summary>
        public Neighbors FindWithin(
            ReadOnlySpan<float> queries,
            float radius,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(queries.Length, 3, nameof(queries));
            HemNeighbors* made;
            using (var index = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* q = queries)
            {
                call.Check(NativeMethods.hem_point_index_within(
                    (HemPointIndex*)index.Pointer, q, count, radius, call.Pointer, &made));
            }

            return new Neighbors(made);
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_point_index_destroy((HemPointIndex*)handle);
            return true;
        }
    }
}
