// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>Carries a body's skin weights to other points.</summary>
    public static unsafe class WeightTransfer
    {
        /// <summary>
        /// Robust transfer: copies weights where an outfit follows the body, and inpaints them elsewhere
        /// along its triangles (Abdrashitov et al., SIGGRAPH Asia 2023). Rows sum to 1.
        /// </summary>
        /// <param name="body">The body.</param>
        /// <param name="bodyWeights">Its weights, a row a vertex.</param>
        /// <param name="points">The outfit's positions, 3 numbers a vertex, in the body's space.</param>
        /// <param name="triangles">The outfit's triangles, 3 vertices each.</param>
        public static RobustTransferResult Robust(
            Surface body,
            WeightRows bodyWeights,
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> triangles,
            RobustOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            byte[] sources = new byte[(int)count];
            int[] islands = new int[(int)count];
            RobustOptions chosen = options ?? RobustOptions.Default;
            HemSparseWeights* made;
            using (var surface = NativeHandle.Borrow(body, nameof(body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* o = bodyWeights.Offsets, g = bodyWeights.Groups, t = triangles, i = islands)
            fixed (float* w = bodyWeights.Weights, p = points)
            fixed (byte* s = sources)
            {
                call.Check(NativeMethods.hem_transfer_weights_robust(
                    (HemSurface*)surface.Pointer,
                    (uint*)o, bodyWeights.Vertices, (uint*)g, w, bodyWeights.Entries, bodyWeights.GroupTotal,
                    p, count, (uint*)t, triangleCount, &chosen,
                    &made, s, (uint*)i, call.Pointer));
            }

            return new RobustTransferResult(new SparseWeights(made), sources, islands);
        }

        /// <summary>Transfer from the closest point of the body alone.</summary>
        /// <param name="body">The body.</param>
        /// <param name="bodyWeights">Its weights, a row a vertex.</param>
        /// <param name="points">Positions, 3 numbers each, in the body's space.</param>
        /// <param name="normals">Normals of the points, for a ramp by angle; may be left out.</param>
        /// <param name="triangles">The points' triangles, 3 points each, for a normal radius; may be left out.</param>
        public static ClosestTransferResult Closest(
            Surface body,
            WeightRows bodyWeights,
            ReadOnlySpan<float> points,
            ReadOnlySpan<float> normals = default,
            ReadOnlySpan<int> triangles = default,
            TransferOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            Arguments.OptionalLength(normals.Length, points.Length, nameof(normals));
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            byte[] matched = new byte[(int)count];
            float[] distances = new float[(int)count];
            TransferOptions chosen = options ?? TransferOptions.Default;
            HemSparseWeights* made;
            using (var surface = NativeHandle.Borrow(body, nameof(body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* o = bodyWeights.Offsets, g = bodyWeights.Groups, t = triangles)
            fixed (float* w = bodyWeights.Weights, p = points, n = normals, d = distances)
            fixed (byte* m = matched)
            {
                call.Check(NativeMethods.hem_transfer_weights_sparse(
                    (HemSurface*)surface.Pointer,
                    (uint*)o, bodyWeights.Vertices, (uint*)g, w, bodyWeights.Entries, bodyWeights.GroupTotal,
                    p, n, count, (uint*)t, triangleCount, null, &chosen,
                    call.Pointer, &made, m, d));
            }

            return new ClosestTransferResult(new SparseWeights(made), matched, distances);
        }

        /// <summary><see cref="Closest"/> of dense weights, vertex-major; a point without a match gets zeros.</summary>
        public static float[] ClosestDense(
            Surface body,
            ReadOnlySpan<float> bodyWeights,
            int groupCount,
            ReadOnlySpan<float> points,
            ReadOnlySpan<float> normals = default,
            ReadOnlySpan<int> triangles = default,
            TransferOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            Arguments.OptionalLength(normals.Length, points.Length, nameof(normals));
            Arguments.NotNull(body, nameof(body));
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            Arguments.Length(bodyWeights.Length, (long)body.VertexCount * groupCount, nameof(bodyWeights));
            float[] weights = new float[checked((int)count * groupCount)];
            TransferOptions chosen = options ?? TransferOptions.Default;
            using (var surface = NativeHandle.Borrow(body, nameof(body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* t = triangles)
            fixed (float* b = bodyWeights, p = points, n = normals, w = weights)
            {
                call.Check(NativeMethods.hem_transfer_weights_dense(
                    (HemSurface*)surface.Pointer, b, (UIntPtr)(uint)body.VertexCount, (UIntPtr)(uint)groupCount,
                    p, n, count, (uint*)t, triangleCount, null, &chosen, call.Pointer, w, null, null));
            }

            return weights;
        }
    }

    /// <summary>What robust transfer gives.</summary>
    public sealed class RobustTransferResult : IDisposable
    {
        readonly byte[] sources;

        internal RobustTransferResult(SparseWeights weights, byte[] sources, int[] islands)
        {
            Weights = weights;
            this.sources = sources;
            Islands = islands;
        }

        /// <summary>The outfit's weights.</summary>
        public SparseWeights Weights { get; }

        /// <summary>The edge-connected island of each vertex.</summary>
        public int[] Islands { get; }

        /// <summary>Where the weights of a vertex come from.</summary>
        public WeightSource Source(int vertex)
        {
            return (WeightSource)sources[vertex];
        }

        /// <summary>Releases the weights.</summary>
        public void Dispose()
        {
            Weights.Dispose();
        }
    }

    /// <summary>What closest-point transfer gives.</summary>
    public sealed class ClosestTransferResult : IDisposable
    {
        internal ClosestTransferResult(SparseWeights weights, byte[] matched, float[] distances)
        {
            Weights = weights;
            Matched = matched;
            Distances = distances;
        }

        /// <summary>The points' weights; a point without a match has an empty row.</summary>
        public SparseWeights Weights { get; }

        /// <summary>1 for each point with a match, else 0.</summary>
        public byte[] Matched { get; }

        /// <summary>Metres to the body; infinite without a match.</summary>
        public float[] Distances { get; }

        /// <summary>Releases the weights.</summary>
        public void Dispose()
        {
            Weights.Dispose();
        }
    }
}
