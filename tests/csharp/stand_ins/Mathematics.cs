// SPDX-License-Identifier: MIT OR Apache-2.0
// Stand-ins for Unity's types, with what the package uses of them; only tests contain them.
using System;

namespace UnityEngine
{
    public struct Vector3
    {
        public float x, y, z;

        public Vector3(float x, float y, float z)
        {
            this.x = x;
            this.y = y;
            this.z = z;
        }

        public Vector3 normalized
        {
            get
            {
                float length = (float)Math.Sqrt(x * x + y * y + z * z);
                return length > 1e-5f ? new Vector3(x / length, y / length, z / length) : default(Vector3);
            }
        }

        public static Vector3 Cross(Vector3 a, Vector3 b)
        {
            return new Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
        }
    }

    public struct Vector4
    {
        public float x, y, z, w;

        public Vector4(float x, float y, float z, float w)
        {
            this.x = x;
            this.y = y;
            this.z = z;
            this.w = w;
        }
    }

    public struct Bounds
    {
        public Vector3 min, max;
    }

    /// <summary>A rotation; kept as its matrix, which is all that the stand-in for Transform needs.</summary>
    public struct Quaternion
    {
        internal Matrix4x4 Matrix;

        public static Quaternion identity
        {
            get { return new Quaternion { Matrix = Matrix4x4.identity }; }
        }

        /// <summary>Takes z to forward, and y as near to upwards as it can be.</summary>
        public static Quaternion LookRotation(Vector3 forward, Vector3 upwards)
        {
            Vector3 z = forward.normalized, x = Vector3.Cross(upwards, z).normalized, y = Vector3.Cross(z, x);
            Matrix4x4 matrix = Matrix4x4.identity;
            Vector3[] columns = { x, y, z };
            for (int column = 0; column < 3; column++)
            {
                matrix[0, column] = columns[column].x;
                matrix[1, column] = columns[column].y;
                matrix[2, column] = columns[column].z;
            }

            return new Quaternion { Matrix = matrix };
        }
    }

    /// <summary>Unity's matrices act on columns, as hemline's do.</summary>
    public unsafe struct Matrix4x4
    {
        fixed float entries[16];

        public static Matrix4x4 identity
        {
            get
            {
                var matrix = default(Matrix4x4);
                for (int i = 0; i < 4; i++)
                {
                    matrix[i, i] = 1;
                }

                return matrix;
            }
        }

        /// <summary>Of affine matrices alone.</summary>
        public Matrix4x4 inverse
        {
            get
            {
                double[] numbers = new double[16];
                for (int entry = 0; entry < 16; entry++)
                {
                    numbers[entry] = this[entry / 4, entry % 4];
                }

                double[] inverted = Hemline.Tests.AffineInverse.Of(numbers);
                var matrix = default(Matrix4x4);
                for (int entry = 0; entry < 16; entry++)
                {
                    matrix[entry / 4, entry % 4] = (float)inverted[entry];
                }

                return matrix;
            }
        }

        public float this[int row, int column]
        {
            get
            {
                fixed (float* first = entries)
                {
                    return first[4 * row + column];
                }
            }

            set
            {
                fixed (float* first = entries)
                {
                    first[4 * row + column] = value;
                }
            }
        }

        public static Matrix4x4 operator *(Matrix4x4 first, Matrix4x4 second)
        {
            var product = default(Matrix4x4);
            for (int entry = 0; entry < 16; entry++)
            {
                for (int k = 0; k < 4; k++)
                {
                    product[entry / 4, entry % 4] += first[entry / 4, k] * second[k, entry % 4];
                }
            }

            return product;
        }

        public Vector3 MultiplyVector(Vector3 v)
        {
            return new Vector3(
                this[0, 0] * v.x + this[0, 1] * v.y + this[0, 2] * v.z,
                this[1, 0] * v.x + this[1, 1] * v.y + this[1, 2] * v.z,
                this[2, 0] * v.x + this[2, 1] * v.y + this[2, 2] * v.z);
        }
    }
}

namespace Hemline.Tests
{
    internal static class AffineInverse
    {
        /// <summary>By elimination, row-major.</summary>
        internal static double[] Of(double[] m)
        {
            double[,] rows = new double[4, 8];
            for (int entry = 0; entry < 16; entry++)
            {
                rows[entry / 4, entry % 4] = m[entry];
                rows[entry / 4, 4 + entry % 4] = entry % 5 == 0 ? 1 : 0;
            }

            for (int pivot = 0; pivot < 4; pivot++)
            {
                int best = pivot;
                for (int row = pivot; row < 4; row++)
                {
                    best = Math.Abs(rows[row, pivot]) > Math.Abs(rows[best, pivot]) ? row : best;
                }

                for (int column = 0; column < 8; column++)
                {
                    double swapped = rows[pivot, column];
                    rows[pivot, column] = rows[best, column];
                    rows[best, column] = swapped;
                }

                for (int row = 0; row < 4; row++)
                {
                    double factor = rows[row, pivot] / rows[pivot, pivot];
                    for (int column = 0; column < 8 && row != pivot; column++)
                    {
                        rows[row, column] -= factor * rows[pivot, column];
                    }
                }
            }

            double[] inverse = new double[16];
            for (int entry = 0; entry < 16; entry++)
            {
                inverse[entry] = rows[entry / 4, 4 + entry % 4] / rows[entry / 4, entry / 4];
            }

            return inverse;
        }
    }
}
