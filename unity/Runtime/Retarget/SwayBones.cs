// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;

namespace Hemline
{
    /// <summary>
    /// Bones that physics moves (a bust's): cloth that hangs far from the body must not follow them. Their
    /// weight fades with the distance from the body and goes to an heir.
    /// </summary>
    internal sealed class SwayBones
    {
        // In the order of the file, as weights are handed on.
        readonly List<KeyValuePair<string, string>> heirs = new List<KeyValuePair<string, string>>();
        // Metres from the body, rounded as the kernels take them.
        readonly double start = 0.025f, end = 0.05f;

        internal SwayBones(JsonValue root, AvatarData avatar)
        {
            var found = new Dictionary<string, string>();
            var order = new List<string>();
            foreach (JsonValue entry in root.Array("swayBones"))
            {
                string parent = KnownBone(entry.Require("parentBoneName"), avatar);
                foreach (JsonValue affected in entry.Array("affectedBones"))
                {
                    string bone = KnownBone(affected, avatar);
                    if (LastHeir(parent, found) == bone)
                    {
                        throw affected.Error("is " + bone + ", which " + parent + " hands its weight on to");
                    }

                    if (!found.ContainsKey(bone))
                    {
                        order.Add(bone);
                    }

                    found[bone] = parent;
                }
            }

            heirs.AddRange(order.Select(bone => new KeyValuePair<string, string>(bone, LastHeir(found[bone], found))));
            JsonValue settings = root.Get("commonSwaySettings");
            if (settings != null)
            {
                start = Distance(settings, "startDistance", start);
                end = Distance(settings, "endDistance", end);
                if (!(start >= 0 && start <= end))
                {
                    throw settings.Error("fades from " + start + " to " + end + " m, expected 0 or more, and no end before the start");
                }
            }
        }

        /// <summary>New weights, with any number of influences; null: no rule changes any.</summary>
        /// <param name="meshes">In the body's space, with the weights by which parts are rigid.</param>
        /// <param name="rows">The transferred weights over the bones of the skeleton.</param>
        /// <param name="surface">The body.</param>
        /// <param name="skeleton">The target's bones and the outfit's own.</param>
        internal RowArrays[] Apply(
            IReadOnlyList<CostumeMesh> meshes, IReadOnlyList<RowArrays> rows, Surface surface, Skeleton skeleton)
        {
            var bones = heirs
                .Select(pair => new KeyValuePair<int, int>(skeleton.Find(pair.Key), skeleton.Find(pair.Value)))
                .Where(pair => pair.Key >= 0 && pair.Value >= 0).ToArray();
            if (bones.Length == 0)
            {
                return null;
            }

            return meshes.Select((mesh, number) =>
                mesh.Bound ? rows[number] : HandOn(rows[number], bones, Held(mesh, surface))).ToArray();
        }

        static double Distance(JsonValue settings, string key, double otherwise)
        {
            JsonValue value = settings.Get(key);
            return value == null ? otherwise : (float)value.Number();
        }

        static string KnownBone(JsonValue value, AvatarData avatar)
        {
            string bone, name = value.Text();
            if (avatar.Parents.ContainsKey(name))
            {
                return name;
            }

            return avatar.BoneOfRole.TryGetValue(name, out bone)
                ? bone
                : throw value.Error("is " + name + ", which `boneHierarchy` does not hold");
        }

        static string LastHeir(string bone, Dictionary<string, string> heirs)
        {
            string heir;
            while (heirs.TryGetValue(bone, out heir))
            {
                bone = heir;
            }

            return bone;
        }

        /// <summary>The share of weight that each vertex keeps; a rigid part's is the mean of its vertices'.</summary>
        double[] Held(CostumeMesh mesh, Surface surface)
        {
            // Rounded on purpose: mono computes with floats in double precision, and Python does not.
            double[] held = Array.ConvertAll(
                surface.FindClosest(mesh.Points, (float)end).Distances, distance => (double)(float)(1 - Ramp(distance)));
            int[] labels = mesh.RigidParts();
            double[] sums = new double[held.Length];
            int[] counts = new int[held.Length];
            for (int vertex = 0; vertex < held.Length; vertex++)
            {
                if (labels[vertex] >= 0)
                {
                    sums[labels[vertex]] += held[vertex];
                    counts[labels[vertex]]++;
                }
            }

            return held.Select(
                (share, vertex) => labels[vertex] < 0 ? share : sums[labels[vertex]] / counts[labels[vertex]]).ToArray();
        }

        /// <summary>0 up to the start, 1 from the end on.</summary>
        float Ramp(float distance)
        {
            if (start == end)
            {
                return distance >= end ? 1 : 0;
            }

            return (float)Math.Max(0, Math.Min((distance - start) / (end - start), 1));
        }

        static RowArrays HandOn(RowArrays rows, KeyValuePair<int, int>[] bones, double[] held)
        {
            int[] offsets = new int[rows.Offsets.Length];
            var groups = new List<int>();
            var weights = new List<float>();
            var row = new SortedDictionary<int, double>();
            for (int vertex = 0; vertex < rows.VertexCount; vertex++)
            {
                row.Clear();
                for (int entry = rows.Offsets[vertex]; entry < rows.Offsets[vertex + 1]; entry++)
                {
                    row[rows.Groups[entry]] = rows.Weights[entry];
                }

                foreach (var pair in bones)
                {
                    double weight, heirs;
                    if (row.TryGetValue(pair.Key, out weight))
                    {
                        double kept = weight * held[vertex];
                        row.TryGetValue(pair.Value, out heirs);
                        row[pair.Value] = heirs + (weight - kept);
                        row[pair.Key] = kept;
                    }
                }

                foreach (var entry in row.Where(entry => (float)entry.Value != 0))
                {
                    groups.Add(entry.Key);
                    weights.Add((float)entry.Value);
                }

                offsets[vertex + 1] = groups.Count;
            }

            return new RowArrays(offsets, groups.ToArray(), weights.ToArray(), rows.GroupCount);
        }
    }
}
