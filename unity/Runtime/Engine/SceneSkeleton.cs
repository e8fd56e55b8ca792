// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Collections.Generic;
using System.Linq;
using UnityEngine;

namespace Hemline.Engine
{
    /// <summary>The bones under a root: transforms that meshes hang on or that an avatar's file names.</summary>
    internal sealed class SceneSkeleton
    {
        readonly Dictionary<Transform, int> index = new Dictionary<Transform, int>();

        internal SceneSkeleton(Transform root, IEnumerable<SkinnedMeshRenderer> renderers, AvatarData avatar)
        {
            Root = root;
            var hung = new HashSet<Transform>(renderers.SelectMany(renderer => renderer.bones));
            var bones = new List<Transform>();
            var parents = new List<int>();
            Collect(root, Library.NoIndex, hung, avatar, bones, parents);
            Bones = bones.ToArray();
            Skeleton = new Skeleton(
                Bones.Select(bone => bone.name).ToArray(),
                parents.ToArray(),
                Bones.SelectMany(bone => (root.worldToLocalMatrix * bone.localToWorldMatrix).FromUnity()).ToArray());
        }

        internal Transform Root { get; }

        /// <summary>The bones, parents first.</summary>
        internal Transform[] Bones { get; }

        /// <summary>The same in the root's space and hemline's axes.</summary>
        internal Skeleton Skeleton { get; }

        /// <summary>Weights over this skeleton from weights over a renderer's bones.</summary>
        internal RowArrays Rows(MeshArrays mesh, Renderer renderer)
        {
            int[] bones = IsSkinned(renderer)
                ? ((SkinnedMeshRenderer)renderer).bones.Select(bone => Find(bone, renderer)).ToArray()
                : new[] { Carrier(renderer) };
            RowArrays rows = mesh.Weights;
            int[] groups = rows.Groups.Select(group => bones[group]).ToArray();
            float[] weights = (float[])rows.Weights.Clone();
            for (int vertex = 0; vertex < rows.VertexCount; vertex++)
            {
                int first = rows.Offsets[vertex];
                System.Array.Sort(groups, weights, first, rows.Offsets[vertex + 1] - first);
            }

            return new RowArrays(rows.Offsets, groups, weights, Bones.Length);
        }

        /// <summary>Whether a renderer has bones of its own.</summary>
        internal static bool IsSkinned(Renderer renderer)
        {
            var skinned = renderer as SkinnedMeshRenderer;
            return skinned != null && skinned.bones.Length > 0;
        }

        void Collect(
            Transform at, int parent, HashSet<Transform> hung, AvatarData avatar, List<Transform> bones, List<int> parents)
        {
            if (at != Root && (hung.Contains(at) || avatar.Parents.ContainsKey(at.name)))
            {
                index[at] = bones.Count;
                parents.Add(parent);
                parent = bones.Count;
                bones.Add(at);
            }

            for (int child = 0; child < at.childCount; child++)
            {
                Collect(at.GetChild(child), parent, hung, avatar, bones, parents);
            }
        }

        int Find(Transform bone, Renderer renderer)
        {
            int found;
            if (bone == null || !index.TryGetValue(bone, out found))
            {
                throw new RetargetException(
                    renderer.name + " hangs on " + (bone == null ? "a bone that is missing" : bone.name)
                    + ", which is not under " + Root.name);
            }

            return found;
        }

        /// <summary>The bone that a mesh without bones of its own is a child of.</summary>
        int Carrier(Renderer renderer)
        {
            for (Transform at = renderer.transform; at != null && at != Root; at = at.parent)
            {
                int found;
                if (index.TryGetValue(at, out found))
                {
                    return found;
                }
            }

            throw new RetargetException(renderer.name + " has no bones and is no child of one");
        }
    }
}
