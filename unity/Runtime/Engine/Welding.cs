// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;

namespace Hemline.Engine
{
    /// <summary>
    /// Unity splits a vertex where its normals or texture coordinates differ; hemline's methods follow the
    /// surface and need it whole. Vertices that agree in all that is computed on become one point.
    /// </summary>
    internal sealed class Welding
    {
        /// <param name="vertexCount">Number of vertices.</param>
        /// <param name="positions">3 numbers a vertex.</param>
        /// <param name="agree">Whether two vertices at one place agree in everything else.</param>
        internal Welding(int vertexCount, float[] positions, Func<int, int, bool> agree)
        {
            PointOf = new int[vertexCount];
            var first = new List<int>();
            var atPlace = new Dictionary<ValueTuple<float, float, float>, List<int>>();
            for (int vertex = 0; vertex < vertexCount; vertex++)
            {
                var place = ValueTuple.Create(
                    positions[3 * vertex], positions[3 * vertex + 1], positions[3 * vertex + 2]);
                List<int> points;
                if (!atPlace.TryGetValue(place, out points))
                {
                    atPlace[place] = points = new List<int>();
                }

                int found = points.FindIndex(point => agree(first[point], vertex));
                if (found < 0)
                {
                    found = points.Count;
                    points.Add(first.Count);
                    first.Add(vertex);
                }

                PointOf[vertex] = points[found];
            }

            FirstVertex = first.ToArray();
        }

        /// <summary>The point of each vertex.</summary>
        internal int[] PointOf { get; }

        /// <summary>The lowest vertex of each point.</summary>
        internal int[] FirstVertex { get; }

        /// <summary>Numbers of points from numbers of vertices, so many each.</summary>
        internal float[] Join(float[] ofVertices, int width)
        {
            return Picked(ofVertices, width, FirstVertex);
        }

        /// <summary>Numbers of vertices from numbers of points.</summary>
        internal float[] Split(float[] ofPoints, int width)
        {
            return Picked(ofPoints, width, PointOf);
        }

        /// <summary>Triangles between points, without those that have collapsed.</summary>
        internal int[] Join(int[] triangles)
        {
            var joined = new List<int>(triangles.Length);
            for (int t = 0; t < triangles.Length; t += 3)
            {
                int a = PointOf[triangles[t]], b = PointOf[triangles[t + 1]], c = PointOf[triangles[t + 2]];
                if (a != b && b != c && c != a)
                {
                    joined.AddRange(new[] { a, b, c });
                }
            }

            return joined.ToArray();
        }

        /// <summary>Rows of points from rows of vertices.</summary>
        internal RowArrays Join(RowArrays rows)
        {
            return Picked(rows, FirstVertex);
        }

        /// <summary>Rows of vertices from rows of points.</summary>
        internal RowArrays Split(RowArrays rows)
        {
            return Picked(rows, PointOf);
        }

        static float[] Picked(float[] values, int width, int[] from)
        {
            float[] picked = new float[width * from.Length];
            for (int row = 0; row < from.Length; row++)
            {
                Array.Copy(values, width * from[row], picked, width * row, width);
            }

            return picked;
        }

        static RowArrays Picked(RowArrays rows, int[] from)
        {
            int[] offsets = new int[from.Length + 1];
            var groups = new List<int>();
            var weights = new List<float>();
            for (int row = 0; row < from.Length; row++)
            {
                for (int entry = rows.Offsets[from[row]]; entry < rows.Offsets[from[row] + 1]; entry++)
                {
                    groups.Add(rows.Groups[entry]);
                    weights.Add(rows.Weights[entry]);
                }

                offsets[row + 1] = groups.Count;
            }

            return new RowArrays(offsets, groups.ToArray(), weights.ToArray(), rows.GroupCount);
        }
    }
}
