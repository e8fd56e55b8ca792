// SPDX-License-Identifier: MIT OR Apache-2.0
namespace Hemline
{
    /// <summary>Skin weights in sparse rows, in arrays of their own; see <see cref="WeightRows"/>.</summary>
    public sealed class RowArrays
    {
        /// <param name="offsets">Row bounds, one more than there are vertices, ascending from 0.</param>
        /// <param name="groups">The group of each entry, below <paramref name="groupCount"/>.</param>
        /// <param name="weights">The weight of each entry.</param>
        /// <param name="groupCount">Number of groups.</param>
        public RowArrays(int[] offsets, int[] groups, float[] weights, int groupCount)
        {
            Offsets = Arguments.NotNull(offsets, nameof(offsets));
            Groups = Arguments.NotNull(groups, nameof(groups));
            Weights = Arguments.NotNull(weights, nameof(weights));
            GroupCount = groupCount;
        }

        /// <summary>Copies rows out of someone's memory.</summary>
        public RowArrays(WeightRows rows)
            : this(rows.Offsets.ToArray(), rows.Groups.ToArray(), rows.Weights.ToArray(), rows.GroupCount)
        {
        }

        /// <summary>Row bounds, one more than there are vertices.</summary>
        public int[] Offsets { get; }

        /// <summary>The group of each entry.</summary>
        public int[] Groups { get; }

        /// <summary>The weight of each entry.</summary>
        public float[] Weights { get; }

        /// <summary>Number of groups.</summary>
        public int GroupCount { get; }

        /// <summary>Number of rows.</summary>
        public int VertexCount
        {
            get { return Offsets.Length - 1; }
        }

        /// <summary>The same rows as a view.</summary>
        public WeightRows Rows
        {
            get { return new WeightRows(Offsets, Groups, Weights, GroupCount); }
        }
    }
}
