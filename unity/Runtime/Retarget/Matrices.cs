// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Affine matrices in arrays: 16 numbers each, row-major, one after another.</summary>
    internal static class Matrices
    {
        internal static readonly double[] Identity = { 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1 };

        internal static double[] Identities(int count)
        {
            double[] matrices = new double[16 * count];
            for (int matrix = 0; matrix < count; matrix++)
            {
                Identity.CopyTo(matrices, 16 * matrix);
            }

            return matrices;
        }

        internal static double[] At(double[] matrices, int index)
        {
            double[] matrix = new double[16];
            Array.Copy(matrices, 16 * index, matrix, 0, 16);
            return matrix;
        }

        /// <summary>Products of the matrices at the same places: <c>first · second</c>.</summary>
        internal static double[] Multiply(double[] first, double[] second)
        {
            double[] product = new double[first.Length];
            for (int entry = 0; entry < product.Length; entry++)
            {
                int row = entry / 4 * 4, column = entry / 16 * 16 + entry % 4;
                for (int k = 0; k < 4; k++)
                {
                    product[entry] += first[row + k] * second[column + 4 * k];
                }
            }

            return product;
        }

        /// <summary>Determinant of the 3 by 3 part of the matrix at an offset.</summary>
        internal static double Determinant(double[] m, int o)
        {
            return m[o] * (m[o + 5] * m[o + 10] - m[o + 6] * m[o + 9])
                - m[o + 1] * (m[o + 4] * m[o + 10] - m[o + 6] * m[o + 8])
                + m[o + 2] * (m[o + 4] * m[o + 9] - m[o + 5] * m[o + 8]);
        }

        /// <summary>Inverses, each by its adjugate.</summary>
        internal static double[] Inverse(double[] matrices)
        {
            double[] result = Identities(matrices.Length / 16);
            for (int o = 0; o < matrices.Length; o += 16)
            {
                double determinant = Determinant(matrices, o);
                for (int entry = 0; entry < 9; entry++)
                {
                    int row = entry / 3, column = entry % 3;
                    int r1 = (column + 1) % 3, r2 = (column + 2) % 3, c1 = (row + 1) % 3, c2 = (row + 2) % 3;
                    double cofactor = matrices[o + 4 * r1 + c1] * matrices[o + 4 * r2 + c2]
                        - matrices[o + 4 * r1 + c2] * matrices[o + 4 * r2 + c1];
                    result[o + 4 * row + column] = cofactor / determinant;
                }

                for (int row = 0; row < 3; row++)
                {
                    for (int k = 0; k < 3; k++)
                    {
                        result[o + 4 * row + 3] -= result[o + 4 * row + k] * matrices[o + 4 * k + 3];
                    }
                }
            }

            return result;
        }

        internal static float[] ToFloat(double[] values)
        {
            return Array.ConvertAll(values, value => (float)value);
        }
    }
}
