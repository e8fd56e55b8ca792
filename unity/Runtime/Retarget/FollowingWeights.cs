// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;

namespace Hemline
{
    /// <summary>
    /// Which bones carry an outfit's shape from the source's body to the target's: those of its skin weights,
    /// except on the outfit's own bones (a skirt's), which no pose file knows. What hangs on these follows
    /// the body underneath, by the target's skin weights: its body, taken back through the pose difference,
    /// lies about where the source's body is.
    /// </summary>
    internal sealed class FollowingWeights
    {
        /// <summary>An island that hangs on own bones by more than this share follows the body alone.</summary>
        const double OwnShare = 0.5;

        readonly double[] outfitDeltas;
        readonly double[] bodyDeltas;
        readonly float[] sourcePoints;
        readonly Body body;
        readonly bool[] own;

        /// <param name="outfitDeltas">Of the outfit's bones.</param>
        /// <param name="own">Whether a bone of the outfit is its own.</param>
        /// <param name="body">The target's, in its basis pose.</param>
        /// <param name="bodyDeltas">Of its bones.</param>
        internal FollowingWeights(double[] outfitDeltas, bool[] own, Body body, double[] bodyDeltas)
        {
            this.outfitDeltas = outfitDeltas;
            this.own = own;
            this.body = body;
            this.bodyDeltas = bodyDeltas;
            sourcePoints = Skinning.ByDeltas(body.Weights.Rows, bodyDeltas, body.Points, back: true).Positions;
        }

        /// <summary>Weights by which a mesh is posed, and the pose that they refer to.</summary>
        internal RowArrays For(
            CostumeMesh mesh, out BonePose pose, IProgress<float> progress, CancellationToken cancel)
        {
            if (!Array.Exists(mesh.Weights.Groups, group => own[group]))
            {
                pose = new BonePose(outfitDeltas);
                return mesh.Weights;
            }

            double[] both = new double[outfitDeltas.Length + bodyDeltas.Length];
            outfitDeltas.CopyTo(both, 0);
            bodyDeltas.CopyTo(both, outfitDeltas.Length);
            pose = new BonePose(both);
            using (Surface surface = Surface.Create(sourcePoints, body.Triangles))
            using (var found = WeightTransfer.Robust(
                surface, body.Weights.Rows, mesh.Points, mesh.Triangles, null, progress, cancel))
            {
                return Mixed(mesh.Weights, new RowArrays(found.Weights.Rows), found.Islands);
            }
        }

        RowArrays Mixed(RowArrays rows, RowArrays fromBody, int[] islands)
        {
            float[] share = Shares(rows);
            bool[] follows = Follows(share, islands);
            int[] offsets = new int[rows.Offsets.Length];
            var groups = new List<int>();
            var weights = new List<float>();
            for (int vertex = 0; vertex < rows.VertexCount; vertex++)
            {
                bool alone = follows[islands[vertex]];
                for (int entry = rows.Offsets[vertex]; entry < rows.Offsets[vertex + 1] && !alone; entry++)
                {
                    Add(rows.Groups[entry], own[rows.Groups[entry]] ? 0 : rows.Weights[entry], groups, weights);
                }

                float factor = alone ? 1 : share[vertex];
                for (int entry = fromBody.Offsets[vertex]; entry < fromBody.Offsets[vertex + 1]; entry++)
                {
                    Add(own.Length + fromBody.Groups[entry], factor * fromBody.Weights[entry], groups, weights);
                }

                offsets[vertex + 1] = groups.Count;
            }

            return new RowArrays(offsets, groups.ToArray(), weights.ToArray(), own.Length + fromBody.GroupCount);
        }

        static void Add(int group, float weight, List<int> groups, List<float> weights)
        {
            if (weight != 0)
            {
                groups.Add(group);
                weights.Add(weight);
            }
        }

        /// <summary>How much of each vertex hangs on own bones.</summary>
        float[] Shares(RowArrays rows)
        {
            float[] share = new float[rows.VertexCount];
            for (int vertex = 0; vertex < share.Length; vertex++)
            {
                for (int entry = rows.Offsets[vertex]; entry < rows.Offsets[vertex + 1]; entry++)
                {
                    share[vertex] += own[rows.Groups[entry]] ? rows.Weights[entry] : 0;
                }
            }

            return share;
        }

        /// <summary>Whether an island follows the body alone.</summary>
        static bool[] Follows(float[] share, int[] islands)
        {
            double[] sums = new double[share.Length];
            int[] counts = new int[share.Length];
            for (int vertex = 0; vertex < share.Length; vertex++)
            {
                sums[islands[vertex]] += share[vertex];
                counts[islands[vertex]]++;
            }

            bool[] follows = new bool[share.Length];
            for (int island = 0; island < follows.Length; island++)
            {
                follows[island] = sums[island] / Math.Max(counts[island], 1) > OwnShare;
            }

            return follows;
        }
    }
}
