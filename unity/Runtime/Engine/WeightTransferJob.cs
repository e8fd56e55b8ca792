// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using UnityEngine;

namespace Hemline.Engine
{
    /// <summary>A mesh that a job made, and what it is for.</summary>
    public sealed class MadeMesh
    {
        internal MadeMesh(Renderer renderer, Mesh mesh, Transform[] bones, Transform rootBone)
        {
            Renderer = renderer;
            Mesh = mesh;
            Bones = bones;
            RootBone = rootBone;
        }

        /// <summary>The renderer whose mesh was read.</summary>
        public Renderer Renderer { get; }

        /// <summary>The new mesh, no asset yet.</summary>
        public Mesh Mesh { get; }

        /// <summary>The bones that its weights refer to.</summary>
        public Transform[] Bones { get; }

        /// <summary>The transform in whose space its bounds are.</summary>
        public Transform RootBone { get; }

        /// <summary>Gives a renderer the mesh, its bones and bounds that fit.</summary>
        public void ApplyTo(SkinnedMeshRenderer renderer)
        {
            renderer.sharedMesh = Mesh;
            renderer.bones = Bones;
            renderer.rootBone = RootBone;
            renderer.localBounds = Mesh.bounds;
        }
    }

    /// <summary>The job "transfer skin weights": an outfit gets the bones and weights of the body under it.</summary>
    public static class WeightTransferJob
    {
        /// <summary>Makes new meshes; nothing in the scene changes.</summary>
        /// <param name="body">The body; it and the outfit stand on each other in the pose that they are bound in.</param>
        /// <param name="outfit">Renderers with meshes, skinned or not. All are taken at once: layers join smoothly.</param>
        /// <exception cref="RetargetException">What cannot be read.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        public static IReadOnlyList<MadeMesh> Run(
            SkinnedMeshRenderer body,
            IReadOnlyList<Renderer> outfit,
            IProgress<float> progress = null,
            CancellationToken cancel = default)
        {
            Library.Require();
            Transform[] bones = body.bones;
            if (bones.Length == 0)
            {
                throw new RetargetException(body.name + " has no bones, expected a skinned body");
            }

            MeshArrays bodyMesh = MeshArrays.Read(body);
            MeshArrays[] meshes = outfit.Select(renderer => MeshArrays.Read(renderer)).ToArray();
            // Before the stage, which takes its time, and before any mesh is made.
            Array.ForEach(meshes, mesh => mesh.CheckAtRest());
            var none = new RowArrays(new int[1], new int[0], new float[0], bones.Length);
            var joined = new JoinedMeshes(meshes.Select(mesh => new CostumeMesh(
                mesh.Name, mesh.RootPoints, mesh.Triangles, none)).ToArray());
            using (Surface surface = Surface.Create(bodyMesh.RootPoints, bodyMesh.Triangles))
            using (WeightStageResult made = WeightStage.Run(
                new WeightStageInput
                {
                    Body = surface,
                    BodyWeights = bodyMesh.Weights.Rows,
                    Points = joined.Points,
                    Triangles = joined.Triangles,
                    PieceStarts = joined.Starts,
                    Mirror = Mirror(bones),
                },
                progress,
                cancel))
            {
                RowArrays[] rows = joined.Split(new RowArrays(made.Weights.Rows));
                // Vertices, and so the bounds, stay in the space of their own renderer.
                return outfit.Select((renderer, number) => new MadeMesh(
                    renderer, meshes[number].WithWeights(rows[number].Rows, bones), bones, renderer.transform)).ToArray();
            }
        }

        /// <summary>Pairs of bones by name, those that name each other; null where two bones have one name.</summary>
        static int[] Mirror(Transform[] bones)
        {
            string[] names = Array.ConvertAll(bones, bone => bone.name);
            if (names.Distinct().Count() != names.Length)
            {
                return null;
            }

            return Sides.Mutual(Sides.PairNames(names));
        }
    }
}
