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
            double[] sums = new double[points.Length];
            for (int t = 0; t < triangles.Length; t += 3)
            {
                int a = 3 * triangles[t], b = 3 * triangles[t + 1], c = 3 * triangles[t + 2];
                double ux = (double)points[b] - points[a], uy = (double)points[b + 1] - points[a + 1];
                double uz = (double)points[b + 2] - points[a + 2], vx = (double)points[c] - points[a];
                double vy = (double)points[c + 1] - points[a + 1], vz = (double)points[c + 2] - points[a + 2];
                double x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
                Add(sums, a, x, y, z);
                Add(sums, b, x, y, z);
                Add(sums, c, x, y, z);
            }

            float[] normals = new float[points.Length];
            for (int p = 0; p < normals.Length; p += 3)
            {
                double length = Math.Sqrt(sums[p] * sums[p] + sums[p + 1] * sums[p + 1] + sums[p + 2] * sums[p + 2]);
                for (int axis = 0; axis < 3 && length > 0; axis++)
                {
                    normals[p + axis] = (float)(sums[p + axis] / length);
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
            double[] from = { before[3 * point], before[3 * point + 1], before[3 * point + 2] };
            double[] to = { after[3 * point], after[3 * point + 1], after[3 * point + 2] };
            double cos = Dot(from, to);
            double[] axis = Cross(from, to);
            if (Dot(from, from) < 0.5 || Dot(to, to) < 0.5 || cos < -0.999)
            {
                return;
            }

            double[] d = { directions[3 * direction], directions[3 * direction + 1], directions[3 * direction + 2] };
            double[] across = Cross(axis, d);
            double along = Dot(axis, d) / (1 + cos);
            for (int i = 0; i < 3; i++)
            {
                directions[3 * direction + i] = (float)(d[i] * cos + across[i] + axis[i] * along);
            }
        }

        static void Add(double[] sums, int at, double x, double y, double z)
        {
            sums[at] += x;
            sums[at + 1] += y;
            sums[at + 2] += z;
        }

        static double[] Cross(double[] a, double[] b)
        {
            return new[] { a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0] };
        }

        static double Dot(double[] a, double[] b)
        {
            return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        }
    }
}
