// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;

namespace Hemline
{
    /// <summary>Several meshes as pieces of common arrays, and back.</summary>
    internal sealed class JoinedMeshes
    {
        internal JoinedMeshes(IReadOnlyList<CostumeMesh> meshes)
        {
            var points = new List<float>();
            var triangles = new List<int>();
            var offsets = new List<int> { 0 };
            var groups = new List<int>();
            var weights = new List<float>();
            Starts = new int[meshes.Count + 1];
            for (int mesh = 0; mesh < meshes.Count; mesh++)
            {
                int firstPoint = points.Count / 3, firstEntry = groups.Count;
                RowArrays rows = meshes[mesh].Weights;
                points.AddRange(meshes[mesh].Points);
                triangles.AddRange(Array.ConvertAll(meshes[mesh].Triangles, vertex => vertex + firstPoint));
                offsets.AddRange(Array.ConvertAll(rows.Offsets, offset => offset + firstEntry));
                offsets.RemoveAt(offsets.Count - rows.Offsets.Length);
                groups.AddRange(rows.Groups);
                weights.AddRange(rows.Weights);
                Starts[mesh + 1] = points.Count / 3;
            }

            Points = points.ToArray();
            Triangles = triangles.ToArray();
            int groupCount = meshes.Count == 0 ? 0 : meshes[0].Weights.GroupCount;
            Weights = new RowArrays(offsets.ToArray(), groups.ToArray(), weights.ToArray(), groupCount);
        }

        internal float[] Points { get; }

        internal int[] Triangles { get; }

        internal RowArrays Weights { get; }

        /// <summary>The first vertex of each mesh, then the number of vertices.</summary>
        internal int[] Starts { get; }

        /// <summary>Rows of all vertices by mesh.</summary>
        internal RowArrays[] Split(RowArrays rows)
        {
            var parts = new RowArrays[Starts.Length - 1];
            for (int mesh = 0; mesh < parts.Length; mesh++)
            {
                int first = rows.Offsets[Starts[mesh]], end = rows.Offsets[Starts[mesh + 1]];
                int[] offsets = new int[Starts[mesh + 1] - Starts[mesh] + 1];
                for (int vertex = 0; vertex < offsets.Length; vertex++)
                {
                    offsets[vertex] = rows.Offsets[Starts[mesh] + vertex] - first;
                }

                int[] groups = new int[end - first];
                float[] weights = new float[end - first];
                Array.Copy(rows.Groups, first, groups, 0, groups.Length);
                Array.Copy(rows.Weights, first, weights, 0, weights.Length);
                parts[mesh] = new RowArrays(offsets, groups, weights, rows.GroupCount);
            }

            return parts;
        }
    }
}
