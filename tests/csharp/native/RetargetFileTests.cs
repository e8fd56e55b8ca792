// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.IO;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>The avatars' data files: what is wrong is said with file and field.</summary>
    [TestFixture]
    public class RetargetFileTests
    {
        string folder;

        [SetUp]
        public void MakeFolder()
        {
            folder = Path.Combine(Path.GetTempPath(), "hemline-服-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            foreach (string file in Directory.GetFiles(SampleRetarget.File("")))
            {
                if (file.EndsWith(".json") || file.EndsWith(".npz"))
                {
                    File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
                }
            }
        }

        [TearDown]
        public void RemoveFolder()
        {
            Directory.Delete(folder, true);
        }

        [Test]
        public void TheSampleSetLoads()
        {
            foreach (string file in Directory.GetFiles(folder, "config_*.json"))
            {
                using (PairFiles pair = PairFiles.Load(file))
                {
                    Assert.AreEqual("Hips", pair.Source.RoleOfBone[pair.Source.BoneOfRole["Hips"]]);
                }
            }
        }

        [Test]
        public void SidesOfNames()
        {
            string[] names = File.ReadAllLines(Path.Combine(Expected.Folder, "side_names.txt"));
            CollectionAssert.AreEqual(Expected.Ints("side_pairs"), Sides.PairNames(names));
            Assert.Throws<ArgumentException>(() => Sides.PairNames(new[] { "a", "a" }));
        }

        [TestCase("config_aria2mid.json", "poseDataPath", null, "`poseDataPath` is missing")]
        [TestCase("config_aria2mid.json", "fieldDataPath", "none.npz", "`fieldDataPath` names")]
        [TestCase("config_aria2mid.json", "fieldDataPath", 7, "`fieldDataPath` is 7, expected a text")]
        [TestCase("avatar_data_mid.json", "humanoidBones", 1, "`humanoidBones` is 1, expected an array")]
        [TestCase("avatar_data_mid.json", "humanoidBones[0].boneName", "Head", "`humanoidBones[")]
        [TestCase("avatar_data_mid.json", "humanoidBones[0].boneName", "None", "which `boneHierarchy` does not hold")]
        [TestCase("avatar_data_mid.json", "boneHierarchy.children[0].name", "", "`boneHierarchy.children[0].name` is")]
        [TestCase("posediff_aria_to_template.json", "Hips.delta_matrix[1]", "x", "`Hips.delta_matrix[1]` is")]
        [TestCase("posediff_aria_to_template.json", "Hips.delta_matrix[1][1]", "x", "expected a finite number")]
        public void FaultsAreNamed(string file, string field, object value, string expected)
        {
            string path = Path.Combine(folder, file);
            JObject document = JObject.Parse(File.ReadAllText(path));
            JToken token = document.SelectToken(field);
            token.Replace(value == null ? JValue.CreateNull() : JToken.FromObject(value));
            File.WriteAllText(path, document.ToString());
            var error = Assert.Throws<RetargetException>(() => PairFiles.Load(Path.Combine(folder, "config_aria2mid.json")));
            StringAssert.Contains(file, error.Message);
            StringAssert.Contains(expected, error.Message);
        }

        [TestCase("{\"parentBoneName\": \"Tail\", \"affectedBones\": []}", "swayBones[0].parentBoneName` is Tail")]
        [TestCase("{\"parentBoneName\": \"Spine\", \"affectedBones\": [\"Spine\"]}", "which Spine hands its weight on to")]
        public void SwayBonesThatAreNone(string entry, string expected)
        {
            string path = Path.Combine(folder, "avatar_data_mid.json");
            JObject document = JObject.Parse(File.ReadAllText(path));
            document["swayBones"] = new JArray(JObject.Parse(entry));
            File.WriteAllText(path, document.ToString());
            StringAssert.Contains(expected, Assert.Throws<RetargetException>(() => AvatarData.Load(path)).Message);
        }

        [Test]
        public void FilesThatAreNone()
        {
            string path = Path.Combine(folder, "config.json");
            StringAssert.Contains(
                "cannot be read", Assert.Throws<RetargetException>(() => PairFiles.Load(path)).Message);
            File.WriteAllText(path, "{ \"a\": ");
            StringAssert.Contains(
                "is no JSON file", Assert.Throws<RetargetException>(() => PairFiles.Load(path)).Message);
            File.WriteAllText(Path.Combine(folder, "deformation_aria_to_template.npz"), "no field");
            Assert.Throws<HemlineException>(() => PairFiles.Load(Path.Combine(folder, "config_aria2mid.json")));
        }

        [Test]
        public void InitialPoseByParts()
        {
            string path = Path.Combine(folder, "pose.json");
            File.WriteAllText(path, "{\"bones\": [{\"boneName\": \"a\", \"transform\": {\"rotation\": [90, 0, 90], \"scale\": [2, 1, 1]}}]}");
            double[] bone = Matrices.Identities(1);
            bone[3] = 1;
            var skeleton = new Skeleton(new[] { "a" }, new[] { Library.NoIndex }, bone);
            double[] delta = InitialPose.Load(path).Deltas(skeleton);
            // Scale, then about x, then about z: x goes to y twice as long, y to z, z to x. The head stays.
            double[] expected = { 0, 0, 1, 1, 2, 0, 0, -2, 0, 1, 0, 0, 0, 0, 0, 1 };
            for (int entry = 0; entry < 16; entry++)
            {
                Assert.AreEqual(expected[entry], delta[entry], 1e-12, "entry {0}", entry);
            }
        }
    }
}
