// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Collections.Generic;
using System.Linq;

namespace Hemline
{
    /// <summary>
    /// Where each bone of an outfit goes: the target's bones take the place of the source's, by role, the
    /// outfit's own bones stay. The new skeleton has the target's bones first, then the outfit's own.
    /// </summary>
    internal sealed class BoneMap
    {
        readonly Skeleton outfit, body;
        readonly AvatarData source, target;

        internal BoneMap(Outfit outfit, AvatarData source, AvatarData target, Skeleton body, List<string> warnings)
        {
            this.outfit = outfit.Skeleton;
            this.source = source;
            this.target = target;
            this.body = body;
            foreach (string bone in target.BoneOfRole.Values.Concat(target.ForTransfer.BoneOfRole.Values))
            {
                if (body.Find(bone) < 0)
                {
                    throw new RetargetException(
                        "the target avatar has no bone " + bone + ", which " + target.File + " names");
                }
            }

            int[] counterparts = this.outfit.Names.Select(Counterpart).ToArray();
            bool[] weighted = Weighted(outfit);
            Own = Enumerable.Range(0, counterparts.Length).Where(bone => counterparts[bone] < 0
                && (!source.Parents.ContainsKey(this.outfit.Names[bone]) || weighted[bone])).ToArray();
            Columns = NewColumns(counterparts);
            OwnNames = FreeNames(warnings);
        }

        /// <summary>The outfit's own bones, which stay.</summary>
        internal int[] Own { get; }

        /// <summary>Their new names.</summary>
        internal string[] OwnNames { get; }

        /// <summary>For each bone of the outfit the new bone that takes its weights.</summary>
        internal int[] Columns { get; }

        /// <summary>Number of bones of the new skeleton.</summary>
        internal int Count
        {
            get { return body.Names.Count + Own.Length; }
        }

        int Hips
        {
            get { return body.Find(target.BoneOfRole["Hips"]); }
        }

        /// <summary>The target's bones and the outfit's own; <paramref name="moved"/>: the outfit's in their new places.</summary>
        internal Skeleton NewSkeleton(Skeleton moved)
        {
            var placed = target.SubBoneOfRole.Where(sub => target.BoneOfRole.ContainsKey(sub.Key)).ToDictionary(
                sub => body.Find(sub.Value), sub => body.Find(target.BoneOfRole[sub.Key]));
            var parents = body.Parents.Concat(Own.Select(bone =>
            {
                int parent = moved.Parents[bone] >= 0 ? Columns[moved.Parents[bone]] : Hips, humanoid;
                return moved.Parents[bone] >= 0 && placed.TryGetValue(parent, out humanoid) ? humanoid : parent;
            }));
            var matrices = body.Matrices.Concat(Own.SelectMany(bone => Matrices.At(moved.Matrices, bone)));
            return new Skeleton(body.Names.Concat(OwnNames).ToArray(), parents.ToArray(), matrices.ToArray());
        }

        /// <summary>Weights over the new skeleton; those of bones that go to one new bone add up.</summary>
        internal RowArrays Rename(RowArrays rows)
        {
            int[] offsets = new int[rows.Offsets.Length];
            var groups = new List<int>(rows.Groups.Length);
            var weights = new List<float>(rows.Groups.Length);
            var row = new SortedDictionary<int, double>();
            for (int vertex = 0; vertex < rows.VertexCount; vertex++)
            {
                row.Clear();
                for (int entry = rows.Offsets[vertex]; entry < rows.Offsets[vertex + 1]; entry++)
                {
                    double sum;
                    int column = Columns[rows.Groups[entry]];
                    row.TryGetValue(column, out sum);
                    row[column] = sum + rows.Weights[entry];
                }

                groups.AddRange(row.Keys);
                weights.AddRange(row.Values.Select(weight => (float)weight));
                offsets[vertex + 1] = groups.Count;
            }

            return new RowArrays(offsets, groups.ToArray(), weights.ToArray(), Count);
        }

        static bool[] Weighted(Outfit outfit)
        {
            bool[] weighted = new bool[outfit.Skeleton.Names.Count];
            foreach (CostumeMesh mesh in outfit.Meshes)
            {
                for (int entry = 0; entry < mesh.Weights.Groups.Length; entry++)
                {
                    weighted[mesh.Weights.Groups[entry]] |= mesh.Weights.Weights[entry] > 0;
                }
            }

            return weighted;
        }

        /// <summary>The target's bone for one of the source avatar, or none.</summary>
        int Counterpart(string name)
        {
            string role = source.ForTransfer.Role(name);
            if (role != null)
            {
                return body.Find(target.ForTransfer.BoneOfRole[source.ForTransfer.Nearest(role, target.ForTransfer)]);
            }

            return source.Parents.ContainsKey(name) ? body.Find(name) : Library.NoIndex;
        }

        int[] NewColumns(int[] counterparts)
        {
            int[] columns = (int[])counterparts.Clone();
            for (int own = 0; own < Own.Length; own++)
            {
                columns[Own[own]] = body.Names.Count + own;
            }

            for (int bone = 0; bone < columns.Length; bone++)
            {
                if (columns[bone] < 0)
                {
                    // Neither kept nor known to the target: what it has goes to its parent.
                    columns[bone] = outfit.Parents[bone] >= 0 ? columns[outfit.Parents[bone]] : Hips;
                }
            }

            return columns;
        }

        string[] FreeNames(List<string> warnings)
        {
            var taken = new HashSet<string>(body.Names);
            string[] names = new string[Own.Length];
            for (int own = 0; own < names.Length; own++)
            {
                string name = outfit.Names[Own[own]];
                names[own] = name;
                for (int number = 1; !taken.Add(names[own]); number++)
                {
                    names[own] = name + "_outfit" + (number == 1 ? "" : number.ToString());
                }

                if (names[own] != name)
                {
                    warnings.Add("the outfit's own bone " + name + " has the name of a bone of the target; it is called "
                        + names[own] + " now");
                }
            }

            return names;
        }
    }
}
