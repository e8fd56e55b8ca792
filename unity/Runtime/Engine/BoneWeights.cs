// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using Unity.Collections;
using UnityEngine;

namespace Hemline.Engine
{
    /// <summary>
    /// Skin weights in Unity's layout (the number of bones of each vertex, and its weights, the largest
    /// first) and in hemline's sparse rows, whose groups ascend; a group is an index of the mesh's bones.
    /// </summary>
    public static class BoneWeights
    {
        /// <summary>Reads a mesh's weights; weights of 0 are left out.</summary>
        public static RowArrays Read(Mesh mesh, int boneCount)
        {
            return FromUnity(
                mesh.GetBonesPerVertex().ReadOnlyView(), mesh.GetAllBoneWeights().ReadOnlyView(), boneCount);
        }

        /// <summary>Gives a mesh weights.</summary>
        public static void Write(Mesh mesh, WeightRows rows)
        {
            using (var counts = new NativeArray<byte>(rows.VertexCount, Allocator.Temp))
            using (var weights = new NativeArray<BoneWeight1>(UnityLength(rows), Allocator.Temp))
            {
                ToUnity(rows, counts.View(), weights.View());
                mesh.SetBoneWeights(counts, weights);
            }
        }

        /// <summary>From Unity's layout.</summary>
        /// <param name="counts">The number of weights of each vertex; empty for a mesh without any.</param>
        /// <param name="weights">The weights of vertex 0, then of vertex 1.</param>
        /// <param name="boneCount">Number of bones.</param>
        public static RowArrays FromUnity(ReadOnlySpan<byte> counts, ReadOnlySpan<BoneWeight1> weights, int boneCount)
        {
            int[] offsets = new int[counts.Length + 1];
            int[] groups = new int[weights.Length];
            float[] values = new float[weights.Length];
            int first = 0, written = 0;
            for (int vertex = 0; vertex < counts.Length; vertex++)
            {
                int start = written;
                foreach (BoneWeight1 weight in weights.Slice(first, counts[vertex]))
                {
                    if (weight.weight != 0)
                    {
                        groups[written] = weight.boneIndex;
                        values[written++] = weight.weight;
                    }
                }

                Array.Sort(groups, values, start, written - start);
                first += counts[vertex];
                offsets[vertex + 1] = written;
            }

            Array.Resize(ref groups, written);
            Array.Resize(ref values, written);
            return new RowArrays(offsets, groups, values, boneCount);
        }

        /// <summary>How many weights rows make in Unity's layout, which has one for each vertex at least.</summary>
        public static int UnityLength(WeightRows rows)
        {
            int length = rows.Groups.Length;
            for (int vertex = 0; vertex < rows.VertexCount; vertex++)
            {
                length += rows.Offsets[vertex] == rows.Offsets[vertex + 1] ? 1 : 0;
            }

            return length;
        }

        /// <summary>To Unity's layout. A vertex without weights gets bone 0 with the weight 0.</summary>
        /// <param name="rows">At most 255 weights a vertex.</param>
        /// <param name="counts">As many as vertices.</param>
        /// <param name="weights">As many as <see cref="UnityLength"/> says.</param>
        public static void ToUnity(WeightRows rows, Span<byte> counts, Span<BoneWeight1> weights)
        {
            Arguments.Length(counts.Length, rows.VertexCount, nameof(counts));
            Arguments.Length(weights.Length, UnityLength(rows), nameof(weights));
            int written = 0;
            for (int vertex = 0; vertex < counts.Length; vertex++)
            {
                int first = rows.Offsets[vertex], count = rows.Offsets[vertex + 1] - first;
                if (count > byte.MaxValue)
                {
                    throw new ArgumentException("has " + count + " weights at vertex " + vertex + ", expected 255 at most", nameof(rows));
                }

                counts[vertex] = (byte)Math.Max(count, 1);
                for (int entry = 0; entry < count; entry++)
                {
                    Insert(weights.Slice(written), entry, rows.Groups[first + entry], rows.Weights[first + entry]);
                }

                written += counts[vertex];
            }
        }

        /// <summary>Puts a weight behind those that are not smaller, of <paramref name="count"/> that are sorted.</summary>
        static void Insert(Span<BoneWeight1> sorted, int count, int bone, float weight)
        {
            int place = count;
            for (; place > 0 && sorted[place - 1].weight < weight; place--)
            {
                sorted[place] = sorted[place - 1];
            }

            sorted[place] = new BoneWeight1 { boneIndex = bone, weight = weight };
        }
    }
}
