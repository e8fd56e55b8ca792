// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline.Engine
{
    /// <summary>Normals of a surface, and directions that turn with it.</summary>
    internal static class SurfaceNormals
    {
        /// <summary>Unit normals of points, weighted by the areas of their triangles; 0 where there are none.</summary>
        internal static float[] Of(float[] points, int[] triangles)
        {
            var sums = new Vector[points.Length / 3];
            for (int t = 0; t < triangles.Length; t += 3)
            {
                int a = triangles[t], b = triangles[t + 1], c = triangles[t + 2];
                Vector from = Vector.At(points, a);
                Vector area = Vector.Cross(Vector.At(points, b) - from, Vector.At(points, c) - from);
                sums[a] += area;
                sums[b] += area;
                sums[c] += area;
            }

            float[] normals = new float[points.Length];
            for (int point = 0; point < sums.Length; point++)
            {
                double length = Math.Sqrt(Vector.Dot(sums[point], sums[point]));
                if (length > 0)
                {
                    Vector normal = sums[point] / length;
                    normal.Write(normals, point);
                }
            }

            return normals;
        }

        /// <summary>
        /// Turns a direction by the shortest rotation that takes one unit normal to another; it stays where
        /// these are opposite or 0. Rodrigues' formula, with k = before × after:
        /// d cos + k × d + k (k · d) / (1 + cos).
        /// </summary>
        internal static void Turn(float[] before, float[] after, int point, float[] directions, int direction)
        {
            Vector from = Vector.At(before, point), to = Vector.At(after, point);
            double cos = Vector.Dot(from, to);
            if (Vector.Dot(from, from) < 0.5 || Vector.Dot(to, to) < 0.5 || cos < -0.999)
            {
                return;
            }

            Vector axis = Vector.Cross(from, to), d = Vector.At(directions, direction);
            double along = Vector.Dot(axis, d) / (1 + cos);
            Vector turned = d * cos + Vector.Cross(axis, d) + axis * along;
            turned.Write(directions, direction);
        }

        /// <summary>Three numbers in double precision.</summary>
        readonly struct Vector
        {
            readonly double x, y, z;

            Vector(double x, double y, double z)
            {
                this.x = x;
                this.y = y;
                this.z = z;
            }

            public static Vector operator +(Vector a, Vector b)
            {
                return new Vector(a.x + b.x, a.y + b.y, a.z + b.z);
            }

            public static Vector operator -(Vector a, Vector b)
            {
                return new Vector(a.x - b.x, a.y - b.y, a.z - b.z);
            }

            public static Vector operator *(Vector a, double factor)
            {
                return new Vector(a.x * factor, a.y * factor, a.z * factor);
            }

            public static Vector operator /(Vector a, double divisor)
            {
                return new Vector(a.x / divisor, a.y / divisor, a.z / divisor);
            }

            internal static Vector At(float[] numbers, int index)
            {
                return new Vector(numbers[3 * index], numbers[3 * index + 1], numbers[3 * index + 2]);
            }

            internal static double Dot(Vector a, Vector b)
            {
                return a.x * b.x + a.y * b.y + a.z * b.z;
            }

            internal static Vector Cross(Vector a, Vector b)
            {
                return new Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
            }

            internal void Write(float[] numbers, int index)
            {
                numbers[3 * index] = (float)x;
                numbers[3 * index + 1] = (float)y;
                numbers[3 * index + 2] = (float)z;
            }
        }
    }
}
