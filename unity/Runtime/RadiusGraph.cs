// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>All pairs of points within a radius of each other; smoothing and filters run over it.</summary>
    public sealed unsafe class RadiusGraph : NativeHandle
    {
        RadiusGraph(HemRadiusGraph* pointer, int pointCount) : base(pointer)
        {
            PointCount = pointCount;
        }

        /// <summary>Number of points.</summary>
        public int PointCount { get; }

        /// <summary>Builds the graph.</summary>
        /// <param name="points">Positions, 3 numbers each, metres.</param>
        /// <param name="radius">Metres; a distance equal to it counts as within.</param>
        public static RadiusGraph Create(
            ReadOnlySpan<float> points,
            float radius,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            return Make(points, radius, false, progress, cancel);
        }

        /// <summary><see cref="Create"/> by way of the index cache: builds only what it does not hold.</summary>
        public static RadiusGraph Acquire(
            ReadOnlySpan<float> points,
            float radius,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            return Make(points, radius, true, progress, cancel);
        }

        static RadiusGraph Make(
            ReadOnlySpan<float> points, float radius, bool cached, IProgress<float> progress, CancellationToken cancel)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            HemRadiusGraph* made;
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points)
            {
                call.Check(cached
                    ? NativeMethods.hem_radius_graph_acquire(p, count, radius, call.Pointer, &made)
                    : NativeMethods.hem_radius_graph_create(p, count, radius, call.Pointer, &made));
            }

            return new RadiusGraph(made, (int)count);
        }

        /// <summary>Lists the neighbours of each point, itself included, ascending by index.</summary>
        public Neighbors FindNeighbors(
            bool withDistances, IProgress<float> progress = null, CancellationToken cancel = default)
        {
            HemNeighbors* made;
            using (var graph = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            {
                call.Check(NativeMethods.hem_radius_graph_neighbors(
                    (HemRadiusGraph*)graph.Pointer, withDistances ? 1u : 0u, call.Pointer, &made));
            }

            return new Neighbors(made);
        }

        /// <summary>The number of neighbours of each point, itself included.</summary>
        public int[] Counts()
        {
            int[] counts = new int[PointCount];
            using (var graph = Borrow())
            fixed (int* c = counts)
            {
                Library.Check(NativeMethods.hem_radius_graph_counts(
                    (HemRadiusGraph*)graph.Pointer, (uint*)c, (UIntPtr)(uint)PointCount));
            }

            return counts;
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_radius_graph_destroy((HemRadiusGraph*)handle);
            return true;
        }
    }
}
