// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Affine transforms of many points.</summary>
    public static unsafe class Transforms
    {
        /// <summary>result = matrix · point.</summary>
        /// <param name="matrix">16 numbers, row-major, last row 0 0 0 1.</param>
        /// <param name="points">Positions, 3 numbers each.</param>
        /// <param name="result">As many; may be the same memory.</param>
        public static void Points(ReadOnlySpan<float> matrix, ReadOnlySpan<float> points, Span<float> result)
        {
            Library.Require();
            Arguments.Length(matrix.Length, 16, nameof(matrix));
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            Arguments.Length(result.Length, points.Length, nameof(result));
            fixed (float* m = matrix, p = points, r = result)
            {
                Library.Check(NativeMethods.hem_transform_points(m, p, count, r));
            }
        }

        /// <summary>The same in double precision.</summary>
        public static void Points(ReadOnlySpan<double> matrix, ReadOnlySpan<double> points, Span<double> result)
        {
            Library.Require();
            Arguments.Length(matrix.Length, 16, nameof(matrix));
            UIntPtr count = Arguments.Rows(points.Length, 3, nameof(points));
            Arguments.Length(result.Length, points.Length, nameof(result));
            fixed (double* m = matrix, p = points, r = result)
            {
                Library.Check(NativeMethods.hem_transform_points_f64(m, p, count, r));
            }
        }

        /// <summary>Normals by the inverse transpose of a matrix, made unit; zero normals stay zero.</summary>
        /// <param name="matrix">16 numbers, row-major, last row 0 0 0 1, with an inverse.</param>
        /// <param name="normals">3 numbers each.</param>
        /// <param name="result">As many; may be the same memory.</param>
        public static void Normals(ReadOnlySpan<float> matrix, ReadOnlySpan<float> normals, Span<float> result)
        {
            Library.Require();
            Arguments.Length(matrix.Length, 16, nameof(matrix));
            UIntPtr count = Arguments.Rows(normals.Length, 3, nameof(normals));
            Arguments.Length(result.Length, normals.Length, nameof(result));
            fixed (float* m = matrix, n = normals, r = result)
            {
                Library.Check(NativeMethods.hem_transform_normals(m, n, count, r));
            }
        }

        /// <summary>The same in double precision.</summary>
        public static void Normals(ReadOnlySpan<double> matrix, ReadOnlySpan<double> normals, Span<double> result)
        {
            Library.Require();
            Arguments.Length(matrix.Length, 16, nameof(matrix));
            UIntPtr count = Arguments.Rows(normals.Length, 3, nameof(normals));
            Arguments.Length(result.Length, normals.Length, nameof(result));
            fixed (double* m = matrix, n = normals, r = result)
            {
                Library.Check(NativeMethods.hem_transform_normals_f64(m, n, count, r));
            }
        }
    }
}
