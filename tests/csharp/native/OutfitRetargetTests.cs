// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>Retargets of the sample avatars equal those of the Blender side, from the same arrays.</summary>
    [TestFixture]
    public class OutfitRetargetTests
    {
        static readonly string[] Configs = { "config_aria2mid_bs.json", "config_mid2bruno.json" };

        [TestCase(0, Description = "a shape field makes a shape key; a skirt hangs on bones of its own")]
        [TestCase(1, Description = "the target has a basis pose that is undone")]
        public void EqualsBlenders(int number)
        {
            Same("pair" + number + "_result", Run(number, null));
        }

        [Test]
        public void SubHumanoidAndSwayBones()
        {
            string config = Path.Combine(Expected.Folder, "sub_bones", Configs[1]);
            using (PairFiles pair = PairFiles.Load(config))
            {
                Same("sub_result", OutfitRetarget.Run(
                    SampleRetarget.Outfit("pair1_outfit"), pair, SampleRetarget.Body("pair1_body")));
            }
        }

        static void Same(string name, RetargetResult made)
        {
            JObject expected = SampleRetarget.Document(name);
            CollectionAssert.AreEqual(expected["bones"].Values<string>(), made.Outfit.Skeleton.Names);
            CollectionAssert.AreEqual(expected["parents"].Values<int>(), made.Outfit.Skeleton.Parents);
            double[] heads = Expected.Doubles(name + "_heads");
            for (int coordinate = 0; coordinate < heads.Length; coordinate++)
            {
                double found = made.Outfit.Skeleton.Matrices[16 * (coordinate / 3) + 4 * (coordinate % 3) + 3];
                Assert.AreEqual(heads[coordinate], found, 1e-6, "head of bone {0}", coordinate / 3);
            }

            for (int mesh = 0; mesh < made.Outfit.Meshes.Count; mesh++)
            {
                SameMesh(expected["meshes"][mesh], name + "_" + mesh, made.Outfit.Meshes[mesh]);
            }
        }

        [Test]
        public void ProgressGoesOnToTheEnd()
        {
            var heard = new List<float>();
            Run(0, heard);
            CollectionAssert.IsOrdered(heard);
            Assert.Greater(heard.Count, 10);
            Assert.AreEqual(1, heard.Last(), 1e-6);
        }

        [Test]
        public void AnOutfitOfAnotherAvatarIsRefused()
        {
            Outfit outfit = SampleRetarget.Outfit("pair0_outfit");
            var renamed = new Skeleton(
                outfit.Skeleton.Names.Select(bone => "x_" + bone).ToArray(), outfit.Skeleton.Parents, outfit.Skeleton.Matrices);
            using (PairFiles pair = PairFiles.Load(SampleRetarget.File(Configs[0])))
            {
                var error = Assert.Throws<RetargetException>(() => OutfitRetarget.Run(
                    new Outfit(renamed, outfit.Meshes), pair, SampleRetarget.Body("pair0_body")));
                StringAssert.Contains("is this the avatar that the outfit was made for?", error.Message);
            }
        }

        static RetargetResult Run(int number, List<float> heard)
        {
            string name = "pair" + number;
            InitialPose initial = number == 0 ? InitialPose.Load(SampleRetarget.File("initial_pose.json")) : null;
            using (PairFiles pair = PairFiles.Load(SampleRetarget.File(Configs[number])))
            {
                return OutfitRetarget.Run(
                    SampleRetarget.Outfit(name + "_outfit"), pair, SampleRetarget.Body(name + "_body"), initial,
                    heard == null ? null : new Listener(heard));
            }
        }

        static void SameMesh(JToken expected, string name, CostumeMesh found)
        {
            Assert.AreEqual((string)expected["name"], found.Name);
            Expected.SameBits(Expected.Floats(name + "_points"), found.Points, found.Name + ": points");
            Expected.SameRows(name, found.Weights.Rows);
            CollectionAssert.AreEqual(expected["shapeKeys"].Values<string>(), found.ShapeKeys.Select(key => key.Name));
            Expected.SameBits(
                Expected.Floats(name + "_keys"),
                found.ShapeKeys.SelectMany(key => key.Displacements).ToArray(),
                found.Name + ": shape keys");
        }

        sealed class Listener : IProgress<float>
        {
            readonly List<float> heard;

            internal Listener(List<float> heard)
            {
                this.heard = heard;
            }

            public void Report(float value)
            {
                heard.Add(value);
            }
        }
    }

    /// <summary>What write_retarget.py wrote, and the sample avatars' files, in the folder HEMLINE_SAMPLE_RETARGET.</summary>
    internal static class SampleRetarget
    {
        internal static string File(string name)
        {
            return Path.Combine(Environment.GetEnvironmentVariable("HEMLINE_SAMPLE_RETARGET"), name);
        }

        internal static JObject Document(string name)
        {
            return JObject.Parse(System.IO.File.ReadAllText(Path.Combine(Expected.Folder, name + ".json")));
        }

        internal static Skeleton Skeleton(string name)
        {
            JObject document = Document(name);
            double[] heads = Expected.Doubles(name + "_heads");
            double[] matrices = Matrices.Identities(heads.Length / 3);
            for (int coordinate = 0; coordinate < heads.Length; coordinate++)
            {
                matrices[16 * (coordinate / 3) + 4 * (coordinate % 3) + 3] = heads[coordinate];
            }

            return new Skeleton(
                document["bones"].Values<string>().ToArray(), document["parents"].Values<int>().ToArray(), matrices);
        }

        internal static Body Body(string name)
        {
            return new Body(
                Skeleton(name), Expected.Floats(name + "_points"), Expected.Ints(name + "_triangles"), Expected.Rows(name));
        }

        internal static Outfit Outfit(string name)
        {
            var meshes = Document(name)["meshes"].Select((mesh, number) => Mesh(mesh, name + "_" + number));
            return new Outfit(Skeleton(name), meshes.ToArray());
        }

        static CostumeMesh Mesh(JToken document, string name)
        {
            string[] keys = document["shapeKeys"].Values<string>().ToArray();
            float[] points = Expected.Floats(name + "_points"), displacements = Expected.Floats(name + "_keys");
            return new CostumeMesh(
                (string)document["name"], points, Expected.Ints(name + "_triangles"), Expected.Rows(name),
                keys.Select((key, number) => new ShapeKey(
                    key, displacements.Skip(number * points.Length).Take(points.Length).ToArray())).ToArray());
        }
    }
}
