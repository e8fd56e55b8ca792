// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using Hemline.Editor;
using Hemline.Engine;
using Newtonsoft.Json.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

namespace Hemline.Tests
{
    /// <summary>The window's jobs on scenes of stand-ins: the sample avatars, from Blender's arrays.</summary>
    [TestFixture]
    public class JobTests
    {
        static readonly string[] Configs = { "config_aria2mid_bs.json", "config_mid2bruno.json" };

        [SetUp]
        public void ForgetTheEditor()
        {
            EditorUtility.Shown.Clear();
            EditorUtility.CancelFrom = float.PositiveInfinity;
            Undo.Recorded.Clear();
            AssetDatabase.Assets.Clear();
        }

        [TestCase(0)]
        [TestCase(1)]
        public void ARetargetEqualsBlenders(int number)
        {
            string name = "pair" + number;
            Outfit outfit = SampleRetarget.Outfit(name + "_outfit");
            SampleScene source = SampleScene.Of(outfit, "Outfit");
            using (PairFiles pair = PairFiles.Load(SampleRetarget.File(Configs[number])))
            {
                SampleScene target = Avatar(name, pair);
                var job = new RetargetJob(source.Root, target.Root, pair);
                job.Run(number == 0 ? InitialPose.Load(SampleRetarget.File("initial_pose.json")) : null);
                IReadOnlyList<MadeMesh> made = job.Build();
                Assert.AreEqual(outfit.Meshes.Count, made.Count);
                CheckBones(name + "_result", made[0].Bones, target);
                for (int mesh = 0; mesh < made.Count; mesh++)
                {
                    CheckMesh(name + "_result", mesh, outfit.Meshes[mesh], made[mesh], target);
                }
            }
        }

        [Test]
        public void AMeshWithoutBonesStaysOnItsBone()
        {
            Outfit outfit = SampleRetarget.Outfit("pair1_outfit");
            SampleScene source = SampleScene.Of(outfit, "Outfit");
            Transform head = source.Bones.First(bone => bone.name == "Head");
            var hat = new GameObject("Hat");
            hat.transform.SetParent(head, false);
            hat.AddComponent<MeshRenderer>();
            var mesh = new Mesh { vertices = new[] { new Vector3(0, 0.3f, 0), new Vector3(0.1f, 0.3f, 0), new Vector3(0, 0.3f, 0.1f) } };
            mesh.SubMeshes.Add(new[] { 0, 1, 2 });
            hat.AddComponent<MeshFilter>().sharedMesh = mesh;
            using (PairFiles pair = PairFiles.Load(SampleRetarget.File(Configs[1])))
            {
                SampleScene target = Avatar("pair1", pair);
                var job = new RetargetJob(source.Root, target.Root, pair);
                job.Run();
                MadeMesh made = job.Build().Single(piece => piece.Renderer.name == "Hat");
                RowArrays rows = BoneWeights.Read(made.Mesh, made.Bones.Length);
                string bone = pair.Target.BoneOfRole["Head"];
                CollectionAssert.AreEqual(Enumerable.Repeat(bone, 3), rows.Groups.Select(group => made.Bones[group].name));
                CollectionAssert.AreEqual(new[] { 1f, 1, 1 }, rows.Weights);
            }
        }

        [Test]
        public void TransferredWeightsAreThoseOfTheWeightStage()
        {
            Outfit outfit = SampleRetarget.Outfit("pair1_outfit");
            Body body = SampleRetarget.Body("pair0_body");
            SampleScene scene = SampleScene.Of(body, "Avatar", "Body");
            var renderers = outfit.Meshes.Take(2).Select(mesh => (Renderer)Unskinned(mesh)).ToArray();
            SkinnedMeshRenderer skin = scene.Root.GetComponentsInChildren<SkinnedMeshRenderer>(true)[0];
            IReadOnlyList<MadeMesh> made = WeightTransferJob.Run(skin, renderers);

            float[] points = outfit.Meshes.Take(2).SelectMany(mesh => mesh.Points).ToArray();
            int first = outfit.Meshes[0].Points.Length / 3;
            int[] triangles = outfit.Meshes[0].Triangles.Concat(outfit.Meshes[1].Triangles.Select(v => v + first)).ToArray();
            using (Surface surface = Surface.Create(body.Points, body.Triangles))
            using (WeightStageResult expected = WeightStage.Run(new WeightStageInput
            {
                Body = surface, BodyWeights = body.Weights.Rows, Points = points, Triangles = triangles,
                PieceStarts = new[] { 0, first, points.Length / 3 }, Mirror = Sides.PairNames(body.Skeleton.Names),
            }))
            {
                var rows = new RowArrays(expected.Weights.Rows);
                int[] origins = SampleScene.Origins(outfit.Meshes[1]).Select(v => v + first).ToArray();
                SameRows(SampleScene.Picked(rows, origins), BoneWeights.Read(made[1].Mesh, made[1].Bones.Length));
            }

            for (int bone = 0; bone < made[0].Bones.Length; bone++)
            {
                // In the pose of the transfer nothing moves.
                Matrix4x4 map = made[0].Bones[bone].localToWorldMatrix * made[0].Mesh.bindposes[bone];
                for (int entry = 0; entry < 16; entry++)
                {
                    Assert.AreEqual(entry % 5 == 0 ? 1 : 0, map[entry / 4, entry % 4], 1e-6);
                }
            }
        }

        [Test]
        public void TheWindowTransfersWeights()
        {
            SampleScene avatar = SampleScene.Of(SampleRetarget.Body("pair0_body"), "Avatar", "Body");
            MeshRenderer renderer = Unskinned(SampleRetarget.Outfit("pair1_outfit").Meshes[0]);
            var window = new HemlineWindow();
            Set(window, "tab", 0);
            Draw(window);
            Assert.AreEqual("Info: Choose the outfit.", EditorGUILayout.Help);
            Set(window, "outfit", renderer.gameObject);
            Draw(window);
            Assert.AreEqual("Info: Choose the body's skinned mesh.", EditorGUILayout.Help);
            Set(window, "body", avatar.Root.GetComponentsInChildren<SkinnedMeshRenderer>(true)[0]);
            GUILayout.Press = true;
            Draw(window);
            Assert.AreEqual("Info: Transferred skin weights to 1 mesh.", EditorGUILayout.Help);
            var skinned = renderer.gameObject.GetComponent<SkinnedMeshRenderer>();
            Assert.IsNull(renderer.gameObject.GetComponent<MeshFilter>());
            Assert.AreEqual(avatar.Bones, skinned.bones);
            CollectionAssert.Contains(AssetDatabase.Assets.Values, skinned.sharedMesh);
            CollectionAssert.AreEqual(renderer.sharedMaterials, skinned.sharedMaterials);
            StringAssert.StartsWith("Assets/hemline/", AssetDatabase.Assets.Keys.Single());
            CollectionAssert.Contains(Undo.Recorded, skinned);
            CollectionAssert.IsOrdered(EditorUtility.Shown);
            Assert.Greater(EditorUtility.Shown.Count, 3);
            Assert.IsTrue(EditorUtility.Cleared);
        }

        [TestCase("Assets/meshes/made", "Assets/meshes/made/")]
        [TestCase("meshes//made/", "Assets/meshes/made/")]
        [TestCase("", "Assets/")]
        public void MeshesAreSavedInAFolderOfTheProject(string folder, string expected)
        {
            MeshAssets.Save(new Mesh { name = "coat/left" }, folder);
            Assert.AreEqual(expected + "coat_left.asset", AssetDatabase.Assets.Keys.Single());
        }

        [Test]
        public void TheWindowRetargets()
        {
            SampleScene source, target;
            HemlineWindow window = RetargetWindow(out source, out target);
            window.Run();
            Draw(window);
            StringAssert.StartsWith("Info: The outfit is on Avatar.", EditorGUILayout.Help);
            Assert.AreEqual(5, AssetDatabase.Assets.Count);
            Assert.GreaterOrEqual(Undo.Recorded.Count, 5);
            Assert.AreEqual(6, target.Root.GetComponentsInChildren<SkinnedMeshRenderer>(true).Length);
            Assert.AreEqual(5, source.Root.GetComponentsInChildren<SkinnedMeshRenderer>(true).Length);
            CollectionAssert.IsOrdered(EditorUtility.Shown);
            Assert.Greater(EditorUtility.Shown.Count, 20);
            Assert.IsTrue(EditorUtility.Cleared);
        }

        [Test]
        public void CancellingChangesNothing()
        {
            SampleScene source, target;
            HemlineWindow window = RetargetWindow(out source, out target);
            EditorUtility.CancelFrom = 0.3f;
            window.Run();
            Draw(window);
            Assert.AreEqual("Info: Cancelled; nothing has changed.", EditorGUILayout.Help);
            Assert.AreEqual(0, AssetDatabase.Assets.Count);
            Assert.AreEqual(0, Undo.Recorded.Count);
            Assert.AreEqual(1, target.Root.GetComponentsInChildren<SkinnedMeshRenderer>(true).Length);
            Assert.IsTrue(EditorUtility.Cleared);
        }

        [Test]
        public void FaultsAreShown()
        {
            SampleScene source, target;
            HemlineWindow window = RetargetWindow(out source, out target);
            target.Root.GetComponentsInChildren<SkinnedMeshRenderer>(true)[0].name = "Other";
            window.Run();
            Draw(window);
            StringAssert.StartsWith("Error: Avatar has no skinned mesh ", EditorGUILayout.Help);
            StringAssert.Contains("its meshes: Other", EditorGUILayout.Help);
            Set(window, "config", SampleRetarget.File("none.json"));
            window.Run();
            Draw(window);
            StringAssert.Contains("none.json: cannot be read", EditorGUILayout.Help);
            Assert.IsTrue(EditorUtility.Cleared);
        }

        static HemlineWindow RetargetWindow(out SampleScene source, out SampleScene target)
        {
            var window = new HemlineWindow();
            source = SampleScene.Of(SampleRetarget.Outfit("pair0_outfit"), "Outfit");
            using (PairFiles pair = PairFiles.Load(SampleRetarget.File(Configs[0])))
            {
                target = Avatar("pair0", pair);
            }

            Set(window, "tab", 1);
            Set(window, "outfit", source.Root);
            Assert.AreEqual("Choose the target avatar.", window.Missing());
            Set(window, "avatar", target.Root);
            Assert.AreEqual("Choose the configuration of the pair.", window.Missing());
            Set(window, "config", SampleRetarget.File(Configs[0]));
            Set(window, "initialPose", SampleRetarget.File("initial_pose.json"));
            Assert.IsNull(window.Missing());
            return window;
        }

        /// <summary>The target with the blend shapes of its file at 0: the arrays have them applied.</summary>
        static SampleScene Avatar(string name, PairFiles pair)
        {
            return SampleScene.Of(SampleRetarget.Body(name + "_body"), "Avatar", pair.Target.MeshName);
        }

        static MeshRenderer Unskinned(CostumeMesh source)
        {
            double[] matrix = Matrices.Identities(1);
            var scene = new SampleScene("Scene", new Skeleton(new[] { "root" }, new[] { -1 }, matrix));
            var none = new RowArrays(new int[source.Points.Length / 3 + 1], new int[0], new float[0], 1);
            SkinnedMeshRenderer skinned = scene.Add(new CostumeMesh(source.Name, source.Points, source.Triangles, none));
            var owner = new GameObject(source.Name);
            owner.AddComponent<MeshFilter>().sharedMesh = skinned.sharedMesh;
            var renderer = owner.AddComponent<MeshRenderer>();
            renderer.sharedMaterials = new[] { new Material() };
            return renderer;
        }

        static void CheckBones(string name, Transform[] bones, SampleScene target)
        {
            JObject expected = SampleRetarget.Document(name);
            CollectionAssert.AreEqual(expected["bones"].Values<string>(), bones.Select(bone => bone.name));
            int[] parents = expected["parents"].Values<int>().ToArray();
            double[] heads = Expected.Doubles(name + "_heads");
            for (int bone = 0; bone < bones.Length; bone++)
            {
                Assert.AreSame(parents[bone] < 0 ? target.Root.transform : bones[parents[bone]], bones[bone].parent);
                Vector3 at = bones[bone].position;
                Assert.AreEqual(heads[3 * bone], -at.x, 1e-5, bones[bone].name);
                Assert.AreEqual(heads[3 * bone + 1], -at.z, 1e-5, bones[bone].name);
                Assert.AreEqual(heads[3 * bone + 2], at.y, 1e-5, bones[bone].name);
            }
        }

        static void CheckMesh(string name, int number, CostumeMesh source, MadeMesh made, SampleScene target)
        {
            name += "_" + number;
            int[] origins = SampleScene.Origins(source);
            var renderer = (SkinnedMeshRenderer)made.Renderer;
            Assert.AreSame(target.Root.transform, renderer.transform.parent);
            Assert.AreSame(made.Mesh, renderer.sharedMesh);
            Vector3[] expected = SampleScene.Vectors(Expected.Floats(name + "_points"), origins);
            for (int vertex = 0; vertex < expected.Length; vertex++)
            {
                Assert.AreEqual(expected[vertex], made.Mesh.vertices[vertex], "{0}: vertex {1}", name, vertex);
            }

            RowArrays weights = SampleScene.Picked(Expected.Rows(name), origins);
            RowArrays found = BoneWeights.Read(made.Mesh, made.Bones.Length);
            CollectionAssert.AreEqual(weights.Groups, found.Groups, name);
            for (int entry = 0; entry < found.Weights.Length; entry++)
            {
                // Weights that are read are normalised once more.
                Assert.AreEqual(weights.Weights[entry], found.Weights[entry], 1e-6, name);
            }
        }

        static void SameRows(RowArrays expected, RowArrays found)
        {
            CollectionAssert.AreEqual(expected.Offsets, found.Offsets);
            CollectionAssert.AreEqual(expected.Groups, found.Groups);
            Expected.SameBits(expected.Weights, found.Weights, "weights");
        }

        static void Draw(HemlineWindow window)
        {
            EditorGUILayout.Help = null;
            typeof(HemlineWindow).GetMethod("OnGUI", Private).Invoke(window, null);
            GUILayout.Press = false;
        }

        static void Set(HemlineWindow window, string field, object value)
        {
            typeof(HemlineWindow).GetField(field, Private).SetValue(window, value);
        }

        const System.Reflection.BindingFlags Private =
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic;
    }
}
