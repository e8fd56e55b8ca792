// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using System.Threading;

namespace Hemline
{
    /// <summary>Left and right, by the names of bones and in their weights. Left is +x in hemline's axes.</summary>
    /// <remarks>
    /// A name tells its side by the word Left or Right within it (LeftArm, mixamorig:LeftArm), by the letter
    /// L or R between separators or at an end (Hand.L, J_Bip_L_Hand), or by 左 or 右; a name with both sides
    /// tells none. Where the mirrored name is another bone's, looser spellings count too (HandL, lHand).
    /// </remarks>
    public static unsafe class Sides
    {
        /// <summary>Metres within which vertices mirror each other by default.</summary>
        public const float MirrorTolerance = 5e-4f;

        // Word by word the spellings of the Python API (blender_bridge/sides.py), which tests compare.
        static readonly Regex Spelled = new Regex(
            "(?<![A-Z])(?:LEFT|RIGHT)(?![A-Z])|(?:Left|Right)(?![a-z])|(?<![A-Za-z])(?:left|right)(?![a-z])"
            + "|(?<![^\\W_])[LRlr](?![^\\W_])|[左右]",
            RegexOptions.CultureInvariant);

        static readonly Regex LooselySpelled = new Regex(
            "^(?:left|right|LEFT|RIGHT)|(?:left|right|LEFT|RIGHT)$|^[lr](?=[A-Z])|(?<=[a-z0-9])[LR]$",
            RegexOptions.CultureInvariant);

        static readonly string[] Left = { "Left", "left", "LEFT", "L", "l", "左" };
        static readonly string[] Right = { "Right", "right", "RIGHT", "R", "r", "右" };

        /// <summary>The name of the other side; null for a name that tells no side, or both.</summary>
        public static string MirrorName(string name)
        {
            return Mirrored(name, Spelled);
        }

        /// <summary>The bone that carries the mirrored name, <see cref="Library.NoIndex"/> where there is none.</summary>
        /// <param name="names">Names that all differ.</param>
        public static int[] PairNames(IReadOnlyList<string> names)
        {
            var index = new Dictionary<string, int>();
            for (int name = 0; name < names.Count; name++)
            {
                if (index.ContainsKey(names[name]))
                {
                    throw new ArgumentException("holds " + names[name] + " twice, expected distinct names", nameof(names));
                }

                index[names[name]] = name;
            }

            int[] pairs = new int[names.Count];
            for (int name = 0; name < names.Count; name++)
            {
                pairs[name] = Pair(names[name], index);
            }

            return pairs;
        }

        /// <summary>Pairs that both sides agree on; <see cref="Library.NoIndex"/> for the others.</summary>
        internal static int[] Mutual(int[] pairs)
        {
            int[] mutual = new int[pairs.Length];
            for (int name = 0; name < pairs.Length; name++)
            {
                int other = pairs[name];
                mutual[name] = other >= 0 && pairs[other] == name ? other : Library.NoIndex;
            }

            return mutual;
        }

        /// <summary>The side that each name tells, whether or not its mirrored name is there.</summary>
        /// <param name="names">Names that all differ.</param>
        public static Side[] OfNames(IReadOnlyList<string> names)
        {
            int[] pairs = PairNames(names);
            var sides = new Side[names.Count];
            for (int name = 0; name < sides.Length; name++)
            {
                Side side = SideOf(names[name], Spelled);
                bool loosely = side == Side.Neither && pairs[name] >= 0;
                sides[name] = loosely ? SideOf(names[name], LooselySpelled) : side;
            }

            return sides;
        }

        /// <summary>Takes the other side's weights from vertices that are clearly on one side.</summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="points">Positions, 3 numbers a vertex, hemline's axes.</param>
        /// <param name="sides">One a group.</param>
        /// <param name="mirror">For each group that of the other side, or none.</param>
        /// <param name="threshold">Metres from the middle.</param>
        public static SparseWeights Separate(
            WeightRows weights, ReadOnlySpan<float> points, ReadOnlySpan<Side> sides, ReadOnlySpan<int> mirror, float threshold = 0.01f)
        {
            Library.Require();
            CheckLengths(weights, points, sides, mirror);
            HemSparseWeights* made;
            fixed (int* o = weights.Offsets, g = weights.Groups, m = mirror)
            fixed (float* w = weights.Weights, p = points)
            fixed (Side* s = sides)
            {
                Library.Check(NativeMethods.hem_separate_sides(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    p, (byte*)s, (uint*)m, null, threshold, &made, null));
            }

            return new SparseWeights(made);
        }

        /// <summary>Swaps left and right weights back in the middle, pair by pair.</summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="reference">Weights that tell the right side, such as those before a transfer; default: the vertex's own side does.</param>
        /// <param name="points">Positions, 3 numbers a vertex, hemline's axes.</param>
        /// <param name="sides">One a group.</param>
        /// <param name="mirror">For each group that of the other side, or none.</param>
        /// <param name="width">Metres from the middle.</param>
        public static SparseWeights Repair(
            WeightRows weights,
            WeightRows reference,
            ReadOnlySpan<float> points,
            ReadOnlySpan<Side> sides,
            ReadOnlySpan<int> mirror,
            float width = 0.01f)
        {
            Library.Require();
            CheckLengths(weights, points, sides, mirror);
            if (!reference.IsNone)
            {
                RowOperations.CheckAlike(weights, reference, nameof(reference));
            }

            HemSparseWeights* made;
            fixed (int* o = weights.Offsets, g = weights.Groups, m = mirror)
            fixed (int* oldOffsets = reference.Offsets, oldGroups = reference.Groups)
            fixed (float* w = weights.Weights, oldWeights = reference.Weights, p = points)
            fixed (Side* s = sides)
            {
                Library.Check(NativeMethods.hem_repair_sides(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    (uint*)oldOffsets, (uint*)oldGroups, oldWeights, reference.Entries,
                    p, (byte*)s, (uint*)m, width, &made, null));
            }

            return new SparseWeights(made);
        }

        /// <summary>
        /// Gives vertices that mirror each other mirrored weights: the mean of their rows. Rows that differ
        /// by much (a total variation above 0.25) differ for a reason and stay.
        /// </summary>
        /// <param name="weights">A row a vertex.</param>
        /// <param name="points">Positions, 3 numbers a vertex, hemline's axes.</param>
        /// <param name="mirror">For each group that of the other side, itself in the middle, or none.</param>
        /// <param name="tolerance">Metres.</param>
        public static SparseWeights Symmetrize(
            WeightRows weights,
            ReadOnlySpan<float> points,
            ReadOnlySpan<int> mirror,
            float tolerance = MirrorTolerance,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Arguments.Length(points.Length, 3L * weights.VertexCount, nameof(points));
            Arguments.Length(mirror.Length, weights.GroupCount, nameof(mirror));
            HemSparseWeights* made;
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* o = weights.Offsets, g = weights.Groups, m = mirror)
            fixed (float* w = weights.Weights, p = points)
            {
                call.Check(NativeMethods.hem_symmetrize_weights(
                    (uint*)o, weights.Vertices, (uint*)g, w, weights.Entries, weights.GroupTotal,
                    p, (uint*)m, null, tolerance, &made, null, call.Pointer));
            }

            return new SparseWeights(made);
        }

        static void CheckLengths(
            WeightRows weights, ReadOnlySpan<float> points, ReadOnlySpan<Side> sides, ReadOnlySpan<int> mirror)
        {
            Arguments.Length(points.Length, 3L * weights.VertexCount, nameof(points));
            Arguments.Length(sides.Length, weights.GroupCount, nameof(sides));
            Arguments.Length(mirror.Length, weights.GroupCount, nameof(mirror));
        }

        static int Pair(string name, Dictionary<string, int> index)
        {
            int other;
            string mirrored = Mirrored(name, Spelled);
            if (mirrored != null)
            {
                return index.TryGetValue(mirrored, out other) ? other : Library.NoIndex;
            }

            mirrored = Mirrored(name, LooselySpelled);
            bool paired = mirrored != null && !Spelled.IsMatch(name) && !Spelled.IsMatch(mirrored);
            return paired && index.TryGetValue(mirrored, out other) ? other : Library.NoIndex;
        }

        static string Mirrored(string name, Regex spelling)
        {
            return SideOf(name, spelling) == Side.Neither
                ? null
                : spelling.Replace(name, found => Other(found.Value));
        }

        static Side SideOf(string name, Regex spelling)
        {
            int left = 0, right = 0;
            foreach (Match found in spelling.Matches(name))
            {
                left += Array.IndexOf(Left, found.Value) >= 0 ? 1 : 0;
                right += Array.IndexOf(Right, found.Value) >= 0 ? 1 : 0;
            }

            return (left == 0) == (right == 0) ? Side.Neither : left > 0 ? Side.Left : Side.Right;
        }

        static string Other(string side)
        {
            int left = Array.IndexOf(Left, side);
            return left >= 0 ? Right[left] : Left[Array.IndexOf(Right, side)];
        }
    }
}
