// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using UnityEngine;

namespace Hemline.Engine
{
    /// <summary>
    /// The job "retarget outfit": meshes of an outfit that stands on its avatar become meshes on another
    /// avatar, by the avatars' data files. <see cref="Run"/> computes, <see cref="Build"/> changes the scene.
    /// </summary>
    public sealed class RetargetJob
    {
        readonly SceneSkeleton source;
        readonly SceneSkeleton target;
        readonly SkinnedMeshRenderer body;
        readonly Renderer[] renderers;
        readonly MeshArrays[] meshes;
        RetargetResult result;

        /// <summary>Reads the scene.</summary>
        /// <param name="outfit">The outfit with its bones, in the space and at the place of the avatar that it was made for.</param>
        /// <param name="avatar">The target, in the pose of its prefab.</param>
        /// <param name="pair">The conversion.</param>
        /// <exception cref="RetargetException">The scene is not what the files describe.</exception>
        public RetargetJob(GameObject outfit, GameObject avatar, PairFiles pair)
        {
            renderers = outfit.GetComponentsInChildren<Renderer>(false)
                .Where(renderer => renderer is SkinnedMeshRenderer || renderer is MeshRenderer).ToArray();
            if (renderers.Length == 0)
            {
                throw new RetargetException(outfit.name + " has no meshes");
            }

            Pair = pair;
            source = new SceneSkeleton(outfit.transform, renderers.OfType<SkinnedMeshRenderer>(), pair.Source);
            body = FindBody(avatar, pair.Target);
            target = new SceneSkeleton(avatar.transform, new[] { body }, pair.Target);
            meshes = renderers.Select(renderer => MeshArrays.Read(renderer, outfit.transform)).ToArray();
            Outfit = new Outfit(source.Skeleton, meshes.Select((mesh, number) => new CostumeMesh(
                mesh.Name, mesh.RootPoints, mesh.Triangles, source.Rows(mesh, renderers[number]), mesh.ShapeKeys,
                !SceneSkeleton.IsSkinned(renderers[number]))).ToArray());
            Body = ReadBody(pair.Target);
        }

        /// <summary>The conversion.</summary>
        public PairFiles Pair { get; }

        /// <summary>The outfit as it was read.</summary>
        public Outfit Outfit { get; }

        /// <summary>The target's body as it was read.</summary>
        public Body Body { get; }

        /// <summary>What a user should know; after <see cref="Run"/>.</summary>
        public IReadOnlyList<string> Warnings
        {
            get { return Result.Warnings; }
        }

        /// <summary>Computes; nothing in the scene changes. May run on another thread.</summary>
        /// <param name="initialPose">From the outfit's pose to its avatar's basis pose; null: it is in it.</param>
        public void Run(
            InitialPose initialPose = null, IProgress<float> progress = null, CancellationToken cancel = default)
        {
            result = OutfitRetarget.Run(Outfit, Pair, Body, initialPose, progress, cancel);
        }

        /// <summary>
        /// Builds the result under the avatar, after <see cref="Run"/>: the outfit's own bones under the bones that
        /// they belong to, with their components, and one object for each mesh.
        /// </summary>
        /// <param name="created">Called with each new object, for an editor to record.</param>
        /// <returns>The meshes, which are no assets yet, with their new renderers.</returns>
        public IReadOnlyList<MadeMesh> Build(Action<GameObject> created = null)
        {
            Outfit made = Result.Outfit;
            Transform[] bones = target.Bones.Concat(BuildOwnBones(created)).ToArray();
            return meshes.Select((mesh, number) =>
            {
                CostumeMesh piece = made.Meshes[number];
                Mesh unityMesh = mesh.WithShape(piece.Points, piece.ShapeKeys, piece.Weights.Rows, bones, target.Root);
                var carrier = new GameObject(mesh.Name);
                carrier.transform.SetParent(target.Root, false);
                var renderer = carrier.AddComponent<SkinnedMeshRenderer>();
                renderer.sharedMaterials = renderers[number].sharedMaterials;
                var result = new MadeMesh(renderer, unityMesh, bones, target.Root);
                result.ApplyTo(renderer);
                if (created != null)
                {
                    created(carrier);
                }

                return result;
            }).ToArray();
        }

        RetargetResult Result
        {
            get { return result ?? throw new InvalidOperationException("Run comes first"); }
        }

        static SkinnedMeshRenderer FindBody(GameObject avatar, AvatarData data)
        {
            SkinnedMeshRenderer[] all = avatar.GetComponentsInChildren<SkinnedMeshRenderer>(true);
            return all.FirstOrDefault(renderer => renderer.name == data.MeshName) ?? throw new RetargetException(
                avatar.name + " has no skinned mesh " + data.MeshName + ", which " + data.File + " names as `meshName`; its meshes: "
                + string.Join(", ", all.Select(renderer => renderer.name)));
        }

        Body ReadBody(AvatarData data)
        {
            MeshArrays mesh = MeshArrays.Read(body, target.Root);
            float[] points = (float[])mesh.RootPoints.Clone();
            foreach (var shape in data.BlendShapes.Where(shape => shape.Value != 0))
            {
                ShapeKey key = mesh.ShapeKeys.FirstOrDefault(known => known.Name == shape.Key)
                    ?? throw new RetargetException(data.File + ": the body " + mesh.Name + " has no blend shape " + shape.Key);
                for (int number = 0; number < points.Length; number++)
                {
                    points[number] += (float)shape.Value * key.Displacements[number];
                }
            }

            return new Body(target.Skeleton, points, mesh.Triangles, target.Rows(mesh, body));
        }

        /// <summary>The outfit's own bones, in the order of the result: copies of whole branches, moved to their new places.</summary>
        IEnumerable<Transform> BuildOwnBones(Action<GameObject> created)
        {
            Skeleton skeleton = Result.Outfit.Skeleton;
            int first = target.Bones.Length;
            var copies = new Dictionary<Transform, Transform>();
            var made = new List<Transform>(target.Bones);
            for (int own = 0; own < Result.OwnBones.Length; own++)
            {
                Transform original = source.Bones[Result.OwnBones[own]];
                Transform copy;
                if (!copies.TryGetValue(original, out copy))
                {
                    GameObject branch = UnityEngine.Object.Instantiate(original.gameObject);
                    PairBranches(original, branch.transform, copies);
                    copy = branch.transform;
                    copy.SetParent(made[skeleton.Parents[first + own]], false);
                    if (created != null)
                    {
                        created(branch);
                    }
                }

                copy.name = skeleton.Names[first + own];
                Place(copy, Matrices.At(skeleton.Matrices, first + own));
                made.Add(copy);
            }

            return made.Skip(first);
        }

        /// <summary>Moves and turns a bone to a matrix of the root's space; its scale stays.</summary>
        void Place(Transform bone, double[] matrix)
        {
            Matrix4x4 place = target.Root.localToWorldMatrix * EngineSpans.ToUnity(matrix);
            bone.position = new Vector3(place[0, 3], place[1, 3], place[2, 3]);
            bone.rotation = Quaternion.LookRotation(
                new Vector3(place[0, 2], place[1, 2], place[2, 2]), new Vector3(place[0, 1], place[1, 1], place[2, 1]));
        }

        /// <summary>Which transform of a copied branch is the copy of which.</summary>
        static void PairBranches(Transform original, Transform copy, Dictionary<Transform, Transform> copies)
        {
            copies[original] = copy;
            for (int child = 0; child < original.childCount; child++)
            {
                PairBranches(original.GetChild(child), copy.GetChild(child), copies);
            }
        }
    }
}
