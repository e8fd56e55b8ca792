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
            UIntPtr count = Count(matrix, points, result, nameof(points));
            fixed (float* m = matrix, p = points, r = result)
            {
                Library.Check(NativeMethods.hem_transform_points(m, p, count, r));
            }
        }

        /// <summary>The same in double precision.</summary>
        public static void Points(ReadOnlySpan<double> matrix, ReadOnlySpan<double> points, Span<double> result)
        {
            UIntPtr count = Count(matrix, points, result, nameof(points));
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
            UIntPtr count = Count(matrix, normals, result, nameof(normals));
            fixed (float* m = matrix, n = normals, r = result)
            {
                Library.Check(NativeMethods.hem_transform_normals(m, n, count, r));
            }
        }

        /// <summary>The same in double precision.</summary>
        public static void Normals(ReadOnlySpan<double> matrix, ReadOnlySpan<double> normals, Span<double> result)
        {
            UIntPtr count = Count(matrix, normals, result, nameof(normals));
            fixed (double* m = matrix, n = normals, r = result)
            {
                Library.Check(NativeMethods.hem_transform_normals_f64(m, n, count, r));
            }
        }

        /// <summary>The number of vectors, once the lengths agree.</summary>
        static UIntPtr Count<T>(ReadOnlySpan<T> matrix, ReadOnlySpan<T> vectors, Span<T> result, string argument)
        {
            Library.Require();
            Arguments.Length(matrix.Length, 16, nameof(matrix));
            Arguments.Length(result.Length, vectors.Length, nameof(result));
            return Arguments.Rows(vectors.Length, 3, argument);
        }
    }
}
