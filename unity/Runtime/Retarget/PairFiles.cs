// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;

namespace Hemline
{
    /// <summary>A deformation field that does what a blend shape does.</summary>
    internal sealed class ShapeField
    {
        internal string Label;
        internal DeformationField Field;

        /// <summary>Roles whose weights the field is multiplied by; empty: it works everywhere.</summary>
        internal string[] MaskBones;

        /// <summary>Of a pair's field: blend shapes of the source that are on, 0 to 1.</summary>
        internal List<KeyValuePair<string, double>> SourceValues;
    }

    /// <summary>One conversion from an avatar to another: a file config_*.json and all that it leads to.</summary>
    public sealed class PairFiles : IDisposable
    {
        readonly List<DeformationField> fields = new List<DeformationField>();

        PairFiles(string path)
        {
            JsonValue root = JsonValue.Read(path);
            File = root.File;
            string fieldPath = root.FilePath("fieldDataPath");
            string fieldFolder = System.IO.Path.GetDirectoryName(fieldPath);
            Target = AvatarData.Load(root.FilePath("baseAvatarDataPath"));
            Source = AvatarData.Load(root.FilePath("clothingAvatarDataPath"));
            Pose = PoseFile.Load(root.FilePath("poseDataPath"));
            JsonValue skip = root.Get("doNotUseBasePose");
            if (skip == null || !skip.IsTrue)
            {
                BasePose = Target.Pose("basePose");
                BasePoseA = Target.Pose("basePoseA");
            }

            try
            {
                Field = Loaded(fieldPath);
                ReadShapeFields(root, fieldFolder);
            }
            catch
            {
                // Fields are large, and the garbage collector does not know how large.
                Dispose();
                throw;
            }
        }

        /// <summary>The configuration's path.</summary>
        public string File { get; }

        /// <summary>The avatar that the outfit was made for.</summary>
        public AvatarData Source { get; }

        /// <summary>The avatar that it goes to.</summary>
        public AvatarData Target { get; }

        /// <summary>From the source's basis pose to the target's, by role.</summary>
        internal Dictionary<string, double[]> Pose { get; }

        /// <summary>From the target's rest to its basis pose; for outfits in T-pose, and in A-pose.</summary>
        internal Dictionary<string, double[]> BasePose { get; } = new Dictionary<string, double[]>();

        internal Dictionary<string, double[]> BasePoseA { get; } = new Dictionary<string, double[]>();

        /// <summary>From the source's shape to the target's.</summary>
        internal DeformationField Field { get; }

        /// <summary>Each makes a shape key.</summary>
        internal List<ShapeField> ShapeFields { get; } = new List<ShapeField>();

        /// <summary>The source's own blend shapes.</summary>
        internal List<ShapeField> SourceShapeFields { get; } = new List<ShapeField>();

        /// <summary>Reads and checks all files.</summary>
        /// <exception cref="RetargetException">What is wrong, with file and field.</exception>
        /// <exception cref="HemlineException">A field file cannot be read.</exception>
        public static PairFiles Load(string path)
        {
            return new PairFiles(path);
        }

        /// <summary>Releases the fields.</summary>
        public void Dispose()
        {
            fields.ForEach(field => field.Dispose());
        }

        DeformationField Loaded(string path)
        {
            var field = DeformationField.Load(path);
            fields.Add(field);
            return field;
        }

        void ReadShapeFields(JsonValue root, string fieldFolder)
        {
            JsonValue[] entries = root.Array("blendShapeFields");
            string[] labels = Distinct(Array.ConvertAll(entries, entry => entry.Require("label").Text()));
            for (int number = 0; number < entries.Length; number++)
            {
                ShapeFields.Add(PairField(root, entries[number], labels[number], fieldFolder));
            }

            SourceShapeFields.AddRange(Source.ShapeFields(fieldFolder, Loaded));
        }

        ShapeField PairField(JsonValue root, JsonValue entry, string label, string fieldFolder)
        {
            string plain = entry.Require("label").Text();
            var values = Values(entry.Array("sourceBlendShapeSettings"), 1);
            foreach (JsonValue set in root.Array("sourceBlendShapeSettings"))
            {
                if (values.Count == 0 && set.Require("label").Text() == plain)
                {
                    values = Values(set.Array("blendshapes"), 100);
                }
            }

            if (values.Count == 0)
            {
                values.Add(new KeyValuePair<string, double>(entry.OptionalText("sourceLabel") ?? plain, 1));
            }

            return new ShapeField
            {
                Label = label,
                Field = Loaded(entry.FilePath("path", fieldFolder, entry.Folder)),
                MaskBones = entry.Texts("maskBones"),
                SourceValues = values,
            };
        }

        static List<KeyValuePair<string, double>> Values(JsonValue[] settings, double whole)
        {
            return settings.Select(setting => new KeyValuePair<string, double>(
                setting.Require("name").Text(), setting.Require("value").Number() / whole)).ToList();
        }

        /// <summary>Labels that occur more than once get ___0, ___1, … in their order.</summary>
        static string[] Distinct(string[] labels)
        {
            var seen = new Dictionary<string, int>();
            return Array.ConvertAll(labels, label =>
            {
                if (labels.Count(other => other == label) == 1)
                {
                    return label;
                }

                int number;
                seen[label] = seen.TryGetValue(label, out number) ? number + 1 : 0;
                return label + "___" + seen[label];
            });
        }
    }
}
