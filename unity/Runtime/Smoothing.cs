// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>Smooths and filters weights in place; dense, vertex-major.</summary>
    public static unsafe class Smoothing
    {
        /// <summary>Replaces each weight by the mean over its neighbours, by falloff.</summary>
        /// <param name="graph">Neighbours of the vertices.</param>
        /// <param name="weights">Weights of all groups of vertex 0, then of vertex 1; changed in place.</param>
        /// <param name="groupCount">Number of groups.</param>
        /// <param name="mask">A number a vertex: 0 keeps, 1 smooths; may be left out.</param>
        public static void Radius(
            RadiusGraph graph,
            Span<float> weights,
            int groupCount,
            ReadOnlySpan<float> mask = default,
            SmoothOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr vertices = Vertices(graph, weights.Length, groupCount, mask.Length);
            SmoothOptions chosen = options ?? SmoothOptions.Default;
            using (var lease = graph.Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* w = weights, m = mask)
            {
                call.Check(NativeMethods.hem_smooth_weights(
                    (HemRadiusGraph*)lease.Pointer, w, vertices, (UIntPtr)(uint)groupCount, m, &chosen, call.Pointer));
            }
        }

        /// <summary>Replaces each weight by the largest among its neighbours.</summary>
        /// <param name="graph">Neighbours of the vertices.</param>
        /// <param name="weights">Weights, vertex-major; changed in place.</param>
        /// <param name="groupCount">Number of groups.</param>
        /// <param name="mask">A number a vertex: 0 keeps, 1 takes the largest; may be left out.</param>
        public static void MaxFilter(
            RadiusGraph graph,
            Span<float> weights,
            int groupCount,
            ReadOnlySpan<float> mask = default,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Filter(graph, weights, groupCount, mask, true, progress, cancel);
        }

        /// <summary>Replaces each weight by the smallest among its neighbours; as <see cref="MaxFilter"/>.</summary>
        public static void MinFilter(
            RadiusGraph graph,
            Span<float> weights,
            int groupCount,
            ReadOnlySpan<float> mask = default,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Filter(graph, weights, groupCount, mask, false, progress, cancel);
        }

        static void Filter(
            RadiusGraph graph,
            Span<float> weights,
            int groupCount,
            ReadOnlySpan<float> mask,
            bool largest,
            IProgress<float> progress,
            CancellationToken cancel)
        {
            UIntPtr vertices = Vertices(graph, weights.Length, groupCount, mask.Length);
            UIntPtr groups = (UIntPtr)(uint)groupCount;
            using (var lease = graph.Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* w = weights, m = mask)
            {
                var neighbors = (HemRadiusGraph*)lease.Pointer;
                call.Check(largest
                    ? NativeMethods.hem_max_filter(neighbors, w, vertices, groups, m, call.Pointer)
                    : NativeMethods.hem_min_filter(neighbors, w, vertices, groups, m, call.Pointer));
            }
        }

        /// <summary>Spreads large weights: each becomes the largest of its neighbours', less by distance.</summary>
        public static void DecayingMax(
            RadiusGraph graph,
            Span<float> weights,
            int groupCount,
            DecayingMaxOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr vertices = Vertices(graph, weights.Length, groupCount, 0);
            DecayingMaxOptions chosen = options ?? DecayingMaxOptions.Default;
            using (var lease = graph.Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* w = weights)
            {
                call.Check(NativeMethods.hem_decaying_max(
                    (HemRadiusGraph*)lease.Pointer, w, vertices, (UIntPtr)(uint)groupCount, &chosen, call.Pointer));
            }
        }

        /// <summary>Brings an earlier result of <see cref="Radius"/> up to date after some vertices changed.</summary>
        /// <param name="before">The graph of the earlier run.</param>
        /// <param name="after">The graph of the vertices now, with the same radius; the same if none moved.</param>
        /// <param name="changed">A byte a vertex, not 0 where it moved or its weights or mask differ.</param>
        /// <param name="weights">Weights to smooth, as they are now.</param>
        /// <param name="groupCount">Number of groups.</param>
        /// <param name="result">The earlier result; changed in place.</param>
        /// <param name="mask">As in the earlier run.</param>
        /// <param name="options">As in the earlier run.</param>
        /// <returns>A byte a vertex: 1 for rows that were smoothed again, else 0.</returns>
        public static byte[] Update(
            RadiusGraph before,
            RadiusGraph after,
            ReadOnlySpan<byte> changed,
            ReadOnlySpan<float> weights,
            int groupCount,
            Span<float> result,
            ReadOnlySpan<float> mask = default,
            SmoothOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr vertices = Vertices(after, weights.Length, groupCount, mask.Length);
            Arguments.Length(changed.Length, after.PointCount, nameof(changed));
            Arguments.Length(result.Length, weights.Length, nameof(result));
            byte[] updated = new byte[after.PointCount];
            SmoothOptions chosen = options ?? SmoothOptions.Default;
            using (var earlier = NativeHandle.Borrow(before, nameof(before)))
            using (var now = after.Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (byte* c = changed, u = updated)
            fixed (float* w = weights, m = mask, r = result)
            {
                call.Check(NativeMethods.hem_update_smoothing(
                    (HemRadiusGraph*)earlier.Pointer, (HemRadiusGraph*)now.Pointer, c, w, vertices,
                    (UIntPtr)(uint)groupCount, m, &chosen, r, u, call.Pointer));
            }

            return updated;
        }

        /// <summary>Smooths along the edges of a mesh, as Blender's Smooth Vertex Weights.</summary>
        /// <param name="edges">Vertices, 2 an edge.</param>
        /// <param name="weights">Weights, vertex-major; changed in place.</param>
        /// <param name="groupCount">Number of groups.</param>
        /// <param name="selection">A byte a vertex, not 0 where it may change; may be left out.</param>
        public static void OnEdges(
            ReadOnlySpan<int> edges,
            Span<float> weights,
            int groupCount,
            ReadOnlySpan<byte> selection = default,
            EdgeSmoothOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr vertices = Arguments.Rows(weights.Length, groupCount, nameof(weights));
            Arguments.OptionalLength(selection.Length, (long)vertices, nameof(selection));
            UIntPtr edgeCount = Arguments.Rows(edges.Length, 2, nameof(edges));
            EdgeSmoothOptions chosen = options ?? EdgeSmoothOptions.Default;
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* e = edges)
            fixed (float* w = weights)
            fixed (byte* s = selection)
            {
                call.Check(NativeMethods.hem_smooth_weights_on_edges(
                    (uint*)e, edgeCount, w, vertices, Arguments.Count(groupCount, nameof(groupCount)), s,
                    &chosen, call.Pointer));
            }
        }

        static UIntPtr Vertices(RadiusGraph graph, int weightCount, int groupCount, int maskCount)
        {
            Arguments.NotNull(graph, nameof(graph));
            Arguments.Count(groupCount, nameof(groupCount));
            Arguments.Length(weightCount, (long)graph.PointCount * groupCount, "weights");
            Arguments.OptionalLength(maskCount, graph.PointCount, "mask");
            return (UIntPtr)(uint)graph.PointCount;
        }
    }
}
