// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Poses of chains of bones; matrices are 16 numbers a bone, row-major, affine.</summary>
    public static unsafe class Poses
    {
        /// <summary>
        /// Poses bones by matrices of world space: pose = delta · rest. A bone that is not listed takes the
        /// delta of its nearest listed ancestor, or stays.
        /// </summary>
        /// <param name="parents">The parent of each bone, <see cref="Library.NoIndex"/> for a root.</param>
        /// <param name="rest">16 numbers a bone.</param>
        /// <param name="deltas">16 numbers a bone.</param>
        /// <param name="listed">A byte a bone, not 0 for listed ones; left out: all.</param>
        public static double[] ByDeltas(
            ReadOnlySpan<int> parents,
            ReadOnlySpan<double> rest,
            ReadOnlySpan<double> deltas,
            ReadOnlySpan<byte> listed = default)
        {
            Library.Require();
            Arguments.Length(rest.Length, 16L * parents.Length, nameof(rest));
            Arguments.Length(deltas.Length, rest.Length, nameof(deltas));
            Arguments.OptionalLength(listed.Length, parents.Length, nameof(listed));
            double[] posed = new double[rest.Length];
            fixed (int* p = parents)
            fixed (double* r = rest, d = deltas, result = posed)
            fixed (byte* l = listed)
            {
                Library.Check(NativeMethods.hem_pose_by_deltas(
                    (uint*)p, (UIntPtr)(uint)parents.Length, r, d, l, result));
            }

            return posed;
        }
    }
}
