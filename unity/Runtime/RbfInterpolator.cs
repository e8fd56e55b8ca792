// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>Radial basis functions through control points, factored once for all values.</summary>
    public sealed unsafe class RbfInterpolator : NativeHandle
    {
        readonly int pointCount;

        RbfInterpolator(HemRbf* pointer, int pointCount) : base(pointer)
        {
            this.pointCount = pointCount;
        }

        /// <summary>What the system is like.</summary>
        public RbfInfo Info
        {
            get
            {
                var info = new RbfInfo { struct_size = (uint)sizeof(RbfInfo) };
                using (var rbf = Borrow())
                {
                    Library.Check(NativeMethods.hem_rbf_info((HemRbf*)rbf.Pointer, &info));
                }

                return info;
            }
        }

        /// <summary>Factors the system of some control points, 3 numbers each.</summary>
        public static RbfInterpolator Create(
            ReadOnlySpan<float> points,
            RbfOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            RbfOptions chosen = options ?? RbfOptions.Default;
            HemRbf* made;
            using (var call = new ProgressCall(progress, cancel))
            fixed (float* p = points)
            {
                call.Check(NativeMethods.hem_rbf_create(
                    p, count, &chosen, &made, call.Pointer));
            }

            return new RbfInterpolator(made, (int)count);
        }

        /// <summary>Interpolates the values of the control points at targets.</summary>
        /// <param name="values"><paramref name="columns"/> numbers a control point.</param>
        /// <param name="columns">Numbers a point.</param>
        /// <param name="targets">Positions, 3 numbers each.</param>
        /// <returns><paramref name="columns"/> numbers a target.</returns>
        public float[] Interpolate(
            ReadOnlySpan<float> values,
            int columns,
            ReadOnlySpan<float> targets,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            UIntPtr columnCount = Arguments.Count(columns, nameof(columns));
            Arguments.Length(values.Length, (long)pointCount * columns, nameof(values));
            UIntPtr targetCount = Arguments.Rows(targets.Length, 3, nameof(targets));
            // One coefficient a control point, four of the linear polynomial.
            double[] coefficients = new double[checked((pointCount + 4) * columns)];
            float[] result = new float[checked((int)targetCount * columns)];
            using (var rbf = Borrow())
            using (var call = new ProgressCall(progress, cancel))
            fixed (double* c = coefficients)
            fixed (float* v = values, t = targets, r = result)
            {
                var points = (UIntPtr)(uint)pointCount;
                call.Check(NativeMethods.hem_rbf_fit((HemRbf*)rbf.Pointer, v, points, columnCount, c, call.Pointer));
                call.Check(NativeMethods.hem_rbf_evaluate(
                    (HemRbf*)rbf.Pointer, c, points, columnCount, t, targetCount, r, call.Pointer));
            }

            return result;
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            NativeMethods.hem_rbf_destroy((HemRbf*)handle);
            return true;
        }
    }
}
