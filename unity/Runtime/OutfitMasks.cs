// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>Masks of an outfit over a body, 0 to 1 a vertex, and measures of its faces.</summary>
    public static unsafe class OutfitMasks
    {
        /// <summary>Where an outfit leaves the body, so that weights copied from it are not to be trusted.</summary>
        /// <param name="body">The body.</param>
        /// <param name="points">Positions, 3 numbers a vertex.</param>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        public static float[] Inpaint(
            Surface body,
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> triangles,
            InpaintMaskOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            float[] mask = new float[(int)Arguments.Rows(points.Length, 3, nameof(points))];
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            InpaintMaskOptions chosen = options ?? InpaintMaskOptions.Default;
            using (var surface = NativeHandle.Borrow(body, nameof(body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points, m = mask)
            fixed (int* t = triangles)
            {
                call.Check(NativeMethods.hem_inpaint_mask(
                    (HemSurface*)surface.Pointer, p, (UIntPtr)(uint)mask.Length, (uint*)t, triangleCount, null, UIntPtr.Zero,
                    &chosen, m, call.Pointer));
            }

            return mask;
        }

        /// <summary>Where an outfit's weights may be smoothed: off the body and turned from it.</summary>
        /// <param name="body">The body.</param>
        /// <param name="points">Positions, 3 numbers a vertex.</param>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        /// <param name="factor">Times this, a number a vertex; may be left out.</param>
        public static float[] Smooth(
            Surface body,
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> triangles,
            ReadOnlySpan<float> factor = default,
            SmoothMaskOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            float[] mask = new float[(int)Arguments.Rows(points.Length, 3, nameof(points))];
            UIntPtr triangleCount = Arguments.Rows(triangles.Length, 3, nameof(triangles));
            Arguments.OptionalLength(factor.Length, mask.Length, nameof(factor));
            SmoothMaskOptions chosen = options ?? SmoothMaskOptions.Default;
            using (var surface = NativeHandle.Borrow(body, nameof(body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points, m = mask, f = factor)
            fixed (int* t = triangles)
            {
                call.Check(NativeMethods.hem_smooth_mask(
                    (HemSurface*)surface.Pointer, p, (UIntPtr)(uint)mask.Length, (uint*)t, triangleCount, null, UIntPtr.Zero,
                    f, &chosen, m, call.Pointer));
            }

            return mask;
        }

        /// <summary>The greatest and the least stretch of each face between two shapes of a mesh.</summary>
        /// <param name="before">Positions, 3 numbers a vertex.</param>
        /// <param name="after">As many.</param>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        /// <param name="inverted">A byte a face: 1 for those that turned over against their neighbours.</param>
        /// <returns>2 numbers a face.</returns>
        public static float[] Stretches(
            ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<int> triangles, out byte[] inverted)
        {
            Library.Require();
            UIntPtr count = Arguments.Rows(before.Length, 3, nameof(before));
            Arguments.Length(after.Length, before.Length, nameof(after));
            inverted = new byte[(int)Arguments.Rows(triangles.Length, 3, nameof(triangles))];
            float[] stretches = new float[2 * inverted.Length];
            fixed (float* b = before, a = after, s = stretches)
            fixed (int* t = triangles)
            fixed (byte* i = inverted)
            {
                Library.Check(NativeMethods.hem_measure_distortion(b, a, count, (uint*)t, (UIntPtr)(uint)inverted.Length, s, i));
            }

            return stretches;
        }
    }
}
