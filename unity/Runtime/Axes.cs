// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>
    /// Between Unity's axes (left-handed, y up, avatars face +z) and hemline's (right-handed, z up, avatars
    /// face -y; Blender's): Unity's (x, y, z) is (-x, -z, y). Only signs and places change, so that there
    /// and back gives the same bits. The map turns a left-handed space into a right-handed one, and what is
    /// clockwise for one is counter-clockwise for the other: triangles change their winding.
    /// </summary>
    public static class Axes
    {
        /// <summary>Positions, normals or displacements of Unity, 3 numbers each; <paramref name="result"/> may be the same memory.</summary>
        public static void FromUnity(ReadOnlySpan<float> points, Span<float> result)
        {
            Check(points, result);
            for (int p = 0; p < points.Length; p += 3)
            {
                float x = points[p], y = points[p + 1], z = points[p + 2];
                result[p] = -x;
                result[p + 1] = -z;
                result[p + 2] = y;
            }
        }

        /// <summary>The way back.</summary>
        public static void ToUnity(ReadOnlySpan<float> points, Span<float> result)
        {
            Check(points, result);
            for (int p = 0; p < points.Length; p += 3)
            {
                float x = points[p], y = points[p + 1], z = points[p + 2];
                result[p] = -x;
                result[p + 1] = z;
                result[p + 2] = -y;
            }
        }

        /// <summary>Turns triangles over, for either way; <paramref name="result"/> may be the same memory.</summary>
        public static void FlipTriangles(ReadOnlySpan<int> triangles, Span<int> result)
        {
            Arguments.Rows(triangles.Length, 3, nameof(triangles));
            Arguments.Length(result.Length, triangles.Length, nameof(result));
            for (int t = 0; t < triangles.Length; t += 3)
            {
                int second = triangles[t + 1];
                result[t] = triangles[t];
                result[t + 1] = triangles[t + 2];
                result[t + 2] = second;
            }
        }

        /// <summary>
        /// A matrix of Unity's space as one of hemline's that does the same there: 16 numbers, row-major.
        /// </summary>
        public static double[] MatrixFromUnity(ReadOnlySpan<double> matrix)
        {
            return Changed(matrix, new[] { 0, 2, 1 }, new[] { -1, -1, 1 });
        }

        /// <summary>The way back.</summary>
        public static double[] MatrixToUnity(ReadOnlySpan<double> matrix)
        {
            return Changed(matrix, new[] { 0, 2, 1 }, new[] { -1, 1, -1 });
        }

        /// <summary>Row r of the result takes part <c>from[r]</c> of the input times <c>sign[r]</c>, columns alike.</summary>
        static double[] Changed(ReadOnlySpan<double> matrix, int[] from, int[] sign)
        {
            Arguments.Length(matrix.Length, 16, nameof(matrix));
            double[] result = new double[16];
            for (int row = 0; row < 3; row++)
            {
                for (int column = 0; column < 3; column++)
                {
                    result[4 * row + column] = sign[row] * sign[column] * matrix[4 * from[row] + from[column]];
                }

                result[4 * row + 3] = sign[row] * matrix[4 * from[row] + 3];
            }

            result[15] = 1;
            return result;
        }

        static void Check(ReadOnlySpan<float> points, Span<float> result)
        {
            Arguments.Rows(points.Length, 3, nameof(points));
            Arguments.Length(result.Length, points.Length, nameof(result));
        }
    }
}
