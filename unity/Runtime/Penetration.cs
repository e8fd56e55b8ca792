// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>How deep an outfit lies inside a body, and its way out.</summary>
    public static unsafe class Penetration
    {
        /// <summary>Metres that each point lies inside a body, negative outside.</summary>
        /// <param name="body">The body.</param>
        /// <param name="points">Positions, 3 numbers each.</param>
        /// <param name="maxDistance">Metres; minus infinity is found where the body is farther.</param>
        public static float[] Measure(
            Surface body,
            ReadOnlySpan<float> points,
            float maxDistance = float.PositiveInfinity,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            float[] depths = new float[(int)count];
            using (var surface = NativeHandle.Borrow(body, nameof(body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points, d = depths)
            {
                call.Check(NativeMethods.hem_measure_penetration(
                    (HemSurface*)surface.Pointer, p, count, maxDistance, d, call.Pointer));
            }

            return depths;
        }

        /// <summary>Pushes points out of a body, smoothly along it; none ends deeper than it was.</summary>
        /// <param name="body">The body.</param>
        /// <param name="points">Positions, 3 numbers each.</param>
        /// <param name="rigidLabels">The rigid part of each point, <see cref="Library.NoIndex"/> for none; may be left out.</param>
        /// <returns>The positions after it.</returns>
        public static float[] Repair(
            Surface body,
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> rigidLabels = default,
            RepairOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            Arguments.OptionalLength(rigidLabels.Length, (long)count, nameof(rigidLabels));
            float[] repaired = new float[points.Length];
            RepairOptions chosen = options ?? RepairOptions.Default;
            using (var surface = NativeHandle.Borrow(body, nameof(body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points, r = repaired)
            fixed (int* labels = rigidLabels)
            {
                call.Check(NativeMethods.hem_repair_penetration(
                    (HemSurface*)surface.Pointer, p, count, null, (uint*)labels,
                    &chosen, r, null, null, call.Pointer));
            }

            return repaired;
        }
    }
}
