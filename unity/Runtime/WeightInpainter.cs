// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>Fills in weights over a mesh from those of its fixed vertices.</summary>
    public sealed unsafe class WeightInpainter : NativeHandle
    {
        readonly int vertexCount;

        WeightInpainter(HemWeightInpainter* pointer, int vertexCount) : base(pointer)
        {
            this.vertexCount = vertexCount;
        }

        /// <summary>Factors the mesh.</summary>
        /// <param name="points">Positions, 3 numbers a vertex.</param>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        /// <param name="fixedVertices">A byte a vertex, not 0 where its weights are given.</param>
        public static WeightInpainter Create(
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> triangles,
            ReadOnlySpan<byte> fixedVertices,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            Arguments.Length(fixedVertices.Length, (long)count, nameof(fixedVertices));
            HemWeightInpainter* made;
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points)
            fixed (int* t = triangles)
            fixed (byte* f = fixedVertices)
            {
                call.Check(NativeMethods.hem_weight_inpainter_create(
                    p, count, (uint*)t, triangleCount, f, null, &made, call.Pointer));
            }

            return new WeightInpainter(made, (int)count);
        }

        /// <summary>Fills in the weights of all other vertices, in place; dense, vertex-major.</summary>
        public void Inpaint(
            Span<float> weights, int groupCount, IProgress<float> progress = null, CancellationToken cancel = default)
        {
            Arguments.Length(weights.Length, (long)vertexCount * groupCount, nameof(weights));
            using (var inpainter = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* w = weights)
            {
                call.Check(NativeMethods.hem_weight_inpainter_inpaint(
                    (HemWeightInpainter*)inpainter.Pointer, w, (UIntPtr)(uint)vertexCount,
                    Arguments.Count(groupCount, nameof(groupCount)), call.Pointer));
            }
        }

        /// <summary>A byte a vertex: 1 where no fixed vertex reaches, on islands without any.</summary>
        public byte[] Unreached()
        {
            byte[] mask = new byte[vertexCount];
            using (var inpainter = Borrow())
            fixed (byte* m = mask)
            {
                Library.Check(NativeMethods.hem_weight_inpainter_unreached(
                    (HemWeightInpainter*)inpainter.Pointer, m, (UIntPtr)(uint)vertexCount));
            }

            return mask;
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_weight_inpainter_destroy((HemWeightInpainter*)handle);
            return true;
        }
    }
}
