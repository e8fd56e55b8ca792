// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline.Tests
{
    /// <summary>Meshes that need no files.</summary>
    internal static class TestMeshes
    {
        /// <summary>An open tube along z with one ring of vertices more than <paramref name="rings"/>.</summary>
        internal static float[] TubePoints(int rings, int sides, float radius)
        {
            float[] points = new float[3 * (rings + 1) * sides];
            for (int vertex = 0; vertex < points.Length / 3; vertex++)
            {
                double angle = 2 * Math.PI * (vertex % sides) / sides;
                points[3 * vertex] = radius * (float)Math.Cos(angle);
                points[3 * vertex + 1] = radius * (float)Math.Sin(angle);
                points[3 * vertex + 2] = (float)(vertex / sides) / rings;
            }

            return points;
        }

        /// <summary>Its triangles, seen from outside counter-clockwise.</summary>
        internal static int[] TubeTriangles(int rings, int sides)
        {
            int[] triangles = new int[6 * rings * sides];
            for (int quad = 0; quad < rings * sides; quad++)
            {
                int next = quad % sides == sides - 1 ? quad + 1 - sides : quad + 1;
                int[] corners = { quad, next, next + sides, quad, next + sides, quad + sides };
                corners.CopyTo(triangles, 6 * quad);
            }

            return triangles;
        }

        /// <summary>Two groups, 0 below and 1 above, that fade into each other along z.</summary>
        internal static RowArrays TubeWeights(float[] points)
        {
            int count = points.Length / 3;
            int[] offsets = new int[count + 1];
            int[] groups = new int[2 * count];
            float[] weights = new float[2 * count];
            for (int vertex = 0; vertex < count; vertex++)
            {
                offsets[vertex + 1] = 2 * (vertex + 1);
                groups[2 * vertex + 1] = 1;
                weights[2 * vertex] = 1 - points[3 * vertex + 2];
                weights[2 * vertex + 1] = points[3 * vertex + 2];
            }

            return new RowArrays(offsets, groups, weights, 2);
        }
    }
}
