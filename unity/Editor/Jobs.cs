// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Hemline.Engine;
using UnityEditor;
using UnityEngine;

namespace Hemline.Editor
{
    /// <summary>The window's two jobs: files and scene in, one step of Undo out, a progress bar while they run.</summary>
    internal static class Jobs
    {
        /// <summary>Renderers get the body's bones and weights; the number of meshes that were made.</summary>
        internal static int TransferWeights(SkinnedMeshRenderer body, GameObject outfit, string folder)
        {
            CheckLibrary();
            Renderer[] renderers = outfit.GetComponentsInChildren<Renderer>(false)
                .Where(renderer => renderer != body && (renderer is SkinnedMeshRenderer || renderer is MeshRenderer)).ToArray();
            if (renderers.Length == 0)
            {
                throw new RetargetException(outfit.name + " has no meshes");
            }

            using (var bar = new ProgressBar("Transferring skin weights"))
            {
                IReadOnlyList<MadeMesh> made = WeightTransferJob.Run(body, renderers, bar, bar.Token);
                Undo.SetCurrentGroupName("Transfer Skin Weights");
                foreach (MadeMesh piece in made)
                {
                    MeshAssets.Save(piece.Mesh, folder);
                    SkinnedMeshRenderer skinned = AsSkinned(piece.Renderer);
                    Undo.RecordObject(skinned, "Transfer Skin Weights");
                    piece.ApplyTo(skinned);
                }

                AssetDatabase.SaveAssets();
                return made.Count;
            }
        }

        /// <summary>An outfit as it is on another avatar, beside the one that stays; warnings.</summary>
        internal static IReadOnlyList<string> Retarget(
            GameObject outfit, GameObject avatar, string config, string initialPose, string folder)
        {
            CheckLibrary();
            using (var bar = new ProgressBar("Retargeting " + outfit.name))
            using (PairFiles pair = PairFiles.Load(config))
            {
                InitialPose pose = string.IsNullOrEmpty(initialPose) ? null : InitialPose.Load(initialPose);
                var job = new RetargetJob(outfit, avatar, pair);
                job.Run(pose, bar, bar.Token);
                Undo.SetCurrentGroupName("Retarget Outfit");
                var made = job.Build(created => Undo.RegisterCreatedObjectUndo(created, "Retarget Outfit"));
                foreach (MadeMesh piece in made)
                {
                    MeshAssets.Save(piece.Mesh, folder);
                }

                AssetDatabase.SaveAssets();
                return job.Warnings;
            }
        }

        /// <summary>Says what is wrong with the library before any declaration of it is used.</summary>
        static void CheckLibrary()
        {
            foreach (PluginImporter plugin in PluginImporter.GetAllImporters())
            {
                if (plugin.isNativePlugin && plugin.GetCompatibleWithEditor()
                    && Path.GetFileName(plugin.assetPath) == Library.FileName)
                {
                    Library.AddFolder(Path.GetDirectoryName(Path.GetFullPath(plugin.assetPath)));
                }
            }

            Library.Require();
        }

        /// <summary>The renderer, or a skinned one in its place.</summary>
        static SkinnedMeshRenderer AsSkinned(Renderer renderer)
        {
            var skinned = renderer as SkinnedMeshRenderer;
            if (skinned != null)
            {
                return skinned;
            }

            GameObject owner = renderer.gameObject;
            Material[] materials = renderer.sharedMaterials;
            MeshFilter filter = owner.GetComponent<MeshFilter>();
            Undo.DestroyObjectImmediate(renderer);
            Undo.DestroyObjectImmediate(filter);
            skinned = Undo.AddComponent<SkinnedMeshRenderer>(owner);
            skinned.sharedMaterials = materials;
            return skinned;
        }
    }
}
