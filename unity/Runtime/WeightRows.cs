// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>
    /// Skin weights in sparse rows, a view of someone's memory: vertex v has the entries Offsets[v] to
    /// Offsets[v + 1], each a group (a bone) and its weight.
    /// </summary>
    public readonly ref struct WeightRows
    {
        /// <param name="offsets">Row bounds, one more than there are vertices, ascending from 0.</param>
        /// <param name="groups">The group of each entry, below <paramref name="groupCount"/>.</param>
        /// <param name="weights">The weight of each entry.</param>
        /// <param name="groupCount">Number of groups.</param>
        public WeightRows(
            ReadOnlySpan<int> offsets, ReadOnlySpan<int> groups, ReadOnlySpan<float> weights, int groupCount)
        {
            if (offsets.Length == 0)
            {
                throw new ArgumentException("is empty, expected one bound at least", nameof(offsets));
            }

            Arguments.Length(weights.Length, groups.Length, nameof(weights));
            Arguments.Count(groupCount, nameof(groupCount));
            Offsets = offsets;
            Groups = groups;
            Weights = weights;
            GroupCount = groupCount;
        }

        /// <summary>Row bounds, one more than there are vertices.</summary>
        public ReadOnlySpan<int> Offsets { get; }

        /// <summary>The group of each entry.</summary>
        public ReadOnlySpan<int> Groups { get; }

        /// <summary>The weight of each entry.</summary>
        public ReadOnlySpan<float> Weights { get; }

        /// <summary>Number of groups.</summary>
        public int GroupCount { get; }

        /// <summary>Whether there are no rows: the default, where weights may be left out.</summary>
        public bool IsNone
        {
            get { return Offsets.Length == 0; }
        }

        /// <summary>Number of rows.</summary>
        public int VertexCount
        {
            get { return Math.Max(Offsets.Length - 1, 0); }
        }

        internal UIntPtr Vertices
        {
            get { return (UIntPtr)(uint)VertexCount; }
        }

        internal UIntPtr Entries
        {
            get { return (UIntPtr)(uint)Groups.Length; }
        }

        internal UIntPtr GroupTotal
        {
            get { return (UIntPtr)(uint)GroupCount; }
        }

        /// <summary>All weights, vertex-major; groups that a row does not name get 0.</summary>
        public unsafe float[] ToDense()
        {
            Library.Require();
            float[] dense = new float[checked(VertexCount * GroupCount)];
            fixed (int* offsets = Offsets, groups = Groups)
            fixed (float* weights = Weights, result = dense)
            {
                Library.Check(NativeMethods.hem_sparse_to_dense(
                    (uint*)offsets, Vertices, (uint*)groups, weights, Entries, GroupTotal, result));
            }

            return dense;
        }
    }
}
