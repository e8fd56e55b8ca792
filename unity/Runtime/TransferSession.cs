// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>
    /// A closest-point transfer that is kept up to date while the body, its weights or the points change,
    /// for live preview. An update must not run beside another call with the same session.
    /// </summary>
    public sealed unsafe class TransferSession : NativeHandle
    {
        readonly int vertexCount;
        readonly int pointCount;

        TransferSession(HemTransferSession* pointer, int vertexCount, int pointCount) : base(pointer)
        {
            this.vertexCount = vertexCount;
            this.pointCount = pointCount;
        }

        /// <summary>Transfers in full, and keeps what an update needs.</summary>
        /// <param name="body">The body; it may be disposed of afterwards.</param>
        /// <param name="bodyWeights">Its weights, a row a vertex.</param>
        /// <param name="points">Positions, 3 numbers each.</param>
        /// <param name="normals">Normals of the points, for a ramp by angle; may be left out.</param>
        /// <param name="triangles">Their triangles, 3 points each, for a normal radius; may be left out.</param>
        public static TransferSession Create(
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
            TransferOptions chosen = options ?? TransferOptions.Default;
            HemTransferSession* made;
            using (var surface = NativeHandle.Borrow(body, nameof(body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* o = bodyWeights.Offsets, g = bodyWeights.Groups, t = triangles)
            fixed (float* w = bodyWeights.Weights, p = points, n = normals)
            {
                call.Check(NativeMethods.hem_transfer_session_create(
                    (HemSurface*)surface.Pointer,
                    (uint*)o, bodyWeights.Vertices, (uint*)g, w, bodyWeights.Entries, bodyWeights.GroupTotal,
                    p, n, count, (uint*)t, triangleCount, null, &chosen, call.Pointer, &made));
            }

            return new TransferSession(made, bodyWeights.VertexCount, (int)count);
        }

        /// <summary>Brings the transfer up to date; what is left out did not change.</summary>
        /// <param name="bodyPoints">The body's positions.</param>
        /// <param name="bodyWeights">Its weights, over the same groups.</param>
        /// <param name="points">The points.</param>
        /// <param name="normals">Their normals.</param>
        /// <returns>A byte a point: 1 for rows whose weights differ from before, else 0.</returns>
        public byte[] Update(
            ReadOnlySpan<float> bodyPoints = default,
            WeightRows bodyWeights = default,
            ReadOnlySpan<float> points = default,
            ReadOnlySpan<float> normals = default,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Arguments.OptionalLength(bodyPoints.Length, 3L * vertexCount, nameof(bodyPoints));
            Arguments.OptionalLength(bodyWeights.VertexCount, vertexCount, nameof(bodyWeights));
            Arguments.OptionalLength(points.Length, 3L * pointCount, nameof(points));
            Arguments.OptionalLength(normals.Length, 3L * pointCount, nameof(normals));
            byte[] changed = new byte[pointCount];
            using (var session = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* o = bodyWeights.Offsets, g = bodyWeights.Groups)
            fixed (float* b = bodyPoints, w = bodyWeights.Weights, p = points, n = normals)
            fixed (byte* c = changed)
            {
                call.Check(NativeMethods.hem_transfer_session_update(
                    (HemTransferSession*)session.Pointer, b,
                    (uint*)o, (UIntPtr)(uint)vertexCount, (uint*)g, w, bodyWeights.Entries, bodyWeights.GroupTotal,
                    null, p, n, (UIntPtr)(uint)pointCount, null, call.Pointer, c, null));
            }

            return changed;
        }

        /// <summary>The weights as they are now; later updates do not change them.</summary>
        public SparseWeights Weights()
        {
            HemSparseWeights* made;
            using (var session = Borrow())
            {
                Library.Check(NativeMethods.hem_transfer_session_weights(
                    (HemTransferSession*)session.Pointer, (UIntPtr)(uint)pointCount, &made, null, null));
            }

            return new SparseWeights(made);
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_transfer_session_destroy((HemTransferSession*)handle);
            return true;
        }
    }
}
