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

        /// <summary>Matrices relative to the parent's from those of one common space; a root's stay.</summary>
        public static double[] LocalFromCommon(ReadOnlySpan<int> parents, ReadOnlySpan<double> matrices)
        {
            double[] result = Results(parents, matrices, nameof(matrices));
            fixed (int* p = parents)
            fixed (double* m = matrices, r = result)
            {
                Library.Check(NativeMethods.hem_local_from_common((uint*)p, (UIntPtr)(uint)parents.Length, m, r));
            }

            return result;
        }

        /// <summary>The way back: multiplies down the chains.</summary>
        public static double[] CommonFromLocal(ReadOnlySpan<int> parents, ReadOnlySpan<double> matrices)
        {
            double[] result = Results(parents, matrices, nameof(matrices));
            fixed (int* p = parents)
            fixed (double* m = matrices, r = result)
            {
                Library.Check(NativeMethods.hem_common_from_local((uint*)p, (UIntPtr)(uint)parents.Length, m, r));
            }

            return result;
        }

        /// <summary>What turns each bone's rest into its pose, in its own axes and after its parent's pose.</summary>
        public static double[] BasisFromPose(
            ReadOnlySpan<int> parents, ReadOnlySpan<double> rest, ReadOnlySpan<double> pose)
        {
            double[] result = Results(parents, rest, nameof(rest));
            Arguments.Length(pose.Length, rest.Length, nameof(pose));
            fixed (int* p = parents)
            fixed (double* m = rest, n = pose, r = result)
            {
                Library.Check(NativeMethods.hem_basis_from_pose((uint*)p, (UIntPtr)(uint)parents.Length, m, n, r));
            }

            return result;
        }

        /// <summary>The way back.</summary>
        public static double[] PoseFromBasis(
            ReadOnlySpan<int> parents, ReadOnlySpan<double> rest, ReadOnlySpan<double> basis)
        {
            double[] result = Results(parents, rest, nameof(rest));
            Arguments.Length(basis.Length, rest.Length, nameof(basis));
            fixed (int* p = parents)
            fixed (double* m = rest, n = basis, r = result)
            {
                Library.Check(NativeMethods.hem_pose_from_basis((uint*)p, (UIntPtr)(uint)parents.Length, m, n, r));
            }

            return result;
        }

        static double[] Results(ReadOnlySpan<int> parents, ReadOnlySpan<double> matrices, string argument)
        {
            Library.Require();
            Arguments.Length(matrices.Length, 16L * parents.Length, argument);
            return new double[matrices.Length];
        }
    }
}
