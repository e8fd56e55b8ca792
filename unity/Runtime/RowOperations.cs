// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>Operations on whole rows of skin weights; each gives new rows.</summary>
    public static unsafe class RowOperations
    {
        /// <summary>Gives all vertices of one label the mean of their rows: a seam's, or a rigid part's.</summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="labels">A number a vertex from 0 on, <see cref="Library.NoIndex"/> for rows that stay.</param>
        public static SparseWeights Average(WeightRows weights, ReadOnlySpan<int> labels)
        {
            Library.Require();
            Arguments.Length(labels.Length, weights.VertexCount, nameof(labels));
            HemSparseWeights* made;
            fixed (int* o = weights.Offsets, g = weights.Groups, l = labels)
            fixed (float* w = weights.Weights)
            {
                Library.Check(NativeMethods.hem_average_weights(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    (uint*)l, Arguments.LabelCount(labels), &made));
            }

            return new SparseWeights(made);
        }

        /// <summary>Adds each group's weights to its parent's, along the chain, and empties it.</summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="parents">A group for each; itself or <see cref="Library.NoIndex"/> where it stays.</param>
        public static SparseWeights Merge(WeightRows weights, ReadOnlySpan<int> parents)
        {
            Library.Require();
            Arguments.Length(parents.Length, weights.GroupCount, nameof(parents));
            HemSparseWeights* made;
            fixed (int* o = weights.Offsets, g = weights.Groups, p = parents)
            fixed (float* w = weights.Weights)
            {
                Library.Check(NativeMethods.hem_merge_groups(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal, (uint*)p, &made));
            }

            return new SparseWeights(made);
        }

        /// <summary>Undoes <see cref="Merge"/> on weights that changed: shared out as the original ones were.</summary>
        /// <param name="weights">Merged rows.</param>
        /// <param name="original">The rows before they were merged.</param>
        /// <param name="parents">Those of the merge.</param>
        public static SparseWeights Split(WeightRows weights, WeightRows original, ReadOnlySpan<int> parents)
        {
            Library.Require();
            CheckAlike(weights, original, nameof(original));
            Arguments.Length(parents.Length, weights.GroupCount, nameof(parents));
            HemSparseWeights* made;
            fixed (int* o = weights.Offsets, g = weights.Groups, p = parents)
            fixed (int* oldOffsets = original.Offsets, oldGroups = original.Groups)
            fixed (float* w = weights.Weights, oldWeights = original.Weights)
            {
                Library.Check(NativeMethods.hem_split_groups(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    (uint*)oldOffsets, (uint*)oldGroups, oldWeights, original.Entries, (uint*)p, &made));
            }

            return new SparseWeights(made);
        }

        /// <summary>(1 - mask) of the weights and mask of the original ones.</summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="original">As many rows over as many groups.</param>
        /// <param name="mask">A number a vertex, 0 to 1.</param>
        /// <param name="groupMask">A byte a group, not 0 for those that are blended; left out: all.</param>
        public static SparseWeights Blend(
            WeightRows weights, WeightRows original, ReadOnlySpan<float> mask, ReadOnlySpan<byte> groupMask = default)
        {
            Library.Require();
            CheckAlike(weights, original, nameof(original));
            Arguments.Length(mask.Length, weights.VertexCount, nameof(mask));
            Arguments.OptionalLength(groupMask.Length, weights.GroupCount, nameof(groupMask));
            HemSparseWeights* made;
            fixed (int* o = weights.Offsets, g = weights.Groups)
            fixed (int* oldOffsets = original.Offsets, oldGroups = original.Groups)
            fixed (float* w = weights.Weights, oldWeights = original.Weights, m = mask)
            fixed (byte* chosen = groupMask)
            {
                Library.Check(NativeMethods.hem_blend_weights(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    (uint*)oldOffsets, (uint*)oldGroups, oldWeights, original.Entries, m, chosen, &made));
            }

            return new SparseWeights(made);
        }

        /// <summary>Gives vertices without weights those of the closest neighbour that has some, wave by wave.</summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="points">Positions, 3 numbers a vertex.</param>
        /// <param name="edges">Vertices, 2 an edge.</param>
        public static SparseWeights Propagate(
            WeightRows weights,
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> edges,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Arguments.Length(points.Length, 3L * weights.VertexCount, nameof(points));
            UIntPtr edgeCount = Arguments.Rows(edges.Length, 2, nameof(edges));
            int[] sources = new int[weights.VertexCount];
            HemSparseWeights* made;
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* o = weights.Offsets, g = weights.Groups, e = edges, s = sources)
            fixed (float* w = weights.Weights, p = points)
            {
                call.Check(NativeMethods.hem_propagate_weights(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    p, (uint*)e, edgeCount, null, &made, (uint*)s, call.Pointer));
            }

            return new SparseWeights(made);
        }

        /// <summary>
        /// The seam of each vertex, <see cref="Library.NoIndex"/> for none: vertices at one place with an edge
        /// in one direction and alike weights. <see cref="Average"/> makes their weights equal.
        /// </summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="points">Positions, 3 numbers a vertex.</param>
        /// <param name="edges">Vertices, 2 an edge.</param>
        public static int[] FindSeams(
            WeightRows weights,
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> edges,
            SeamOptions? options = null,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Arguments.Length(points.Length, 3L * weights.VertexCount, nameof(points));
            UIntPtr edgeCount = Arguments.Rows(edges.Length, 2, nameof(edges));
            int[] labels = new int[weights.VertexCount];
            SeamOptions chosen = options ?? SeamOptions.Default;
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* o = weights.Offsets, g = weights.Groups, e = edges, l = labels)
            fixed (float* w = weights.Weights, p = points)
            {
                call.Check(NativeMethods.hem_find_seams(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    p, (uint*)e, edgeCount, &chosen, (uint*)l, null, call.Pointer));
            }

            return labels;
        }

        internal static void CheckAlike(WeightRows weights, WeightRows other, string argument)
        {
            Arguments.Length(other.VertexCount, weights.VertexCount, argument);
            Arguments.Length(other.GroupCount, weights.GroupCount, argument);
        }
    }
}
