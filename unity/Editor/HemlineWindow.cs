// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace Hemline.Editor
{
    /// <summary>Window → hemline: transfers skin weights, and retargets outfits, without starting Blender.</summary>
    public sealed class HemlineWindow : EditorWindow
    {
        static readonly string[] Tabs = { "Transfer Weights", "Retarget Outfit" };

        [SerializeField] int tab;
        [SerializeField] GameObject outfit;
        [SerializeField] SkinnedMeshRenderer body;
        [SerializeField] GameObject avatar;
        [SerializeField] string config = "";
        [SerializeField] string initialPose = "";
        [SerializeField] string folder = "Assets/hemline";
        [SerializeField] string message = "";
        [SerializeField] MessageType messageType = MessageType.None;

        /// <summary>Opens it.</summary>
        [MenuItem("Window/hemline")]
        public static void Open()
        {
            GetWindow<HemlineWindow>("hemline");
        }

        void OnGUI()
        {
            tab = GUILayout.Toolbar(tab, Tabs);
            EditorGUILayout.Space();
            outfit = Field("Outfit", "The outfit with all its meshes, standing on its body", outfit);
            if (tab == 0)
            {
                body = Field("Body", "The body's skinned mesh", body);
            }
            else
            {
                avatar = Field("Target Avatar", "The avatar that the outfit goes to, as in its prefab", avatar);
                config = FileField("Configuration", "config_*.json: from the outfit's avatar to the target", config);
                initialPose = FileField(
                    "Initial Pose", "From the outfit's pose to its avatar's basis pose; empty: it is in it", initialPose);
            }

            folder = EditorGUILayout.TextField(new GUIContent("Save Meshes In", "A folder of the project"), folder);
            EditorGUILayout.Space();
            using (new EditorGUI.DisabledScope(Missing() != null))
            {
                if (GUILayout.Button(Tabs[tab]))
                {
                    Run();
                }
            }

            string shown = Missing() ?? message;
            if (!string.IsNullOrEmpty(shown))
            {
                EditorGUILayout.HelpBox(shown, Missing() == null ? messageType : MessageType.Info);
            }
        }

        /// <summary>What has to be filled in before the job can run; null: nothing.</summary>
        internal string Missing()
        {
            if (outfit == null)
            {
                return "Choose the outfit.";
            }

            if (tab == 0)
            {
                return body == null ? "Choose the body's skinned mesh." : null;
            }

            return avatar == null ? "Choose the target avatar."
                : string.IsNullOrEmpty(config) ? "Choose the configuration of the pair." : null;
        }

        /// <summary>Runs the job of the tab and says how it went.</summary>
        internal void Run()
        {
            try
            {
                Say(tab == 0 ? Transfer() : Retarget(), MessageType.Info);
            }
            catch (OperationCanceledException)
            {
                Say("Cancelled; nothing has changed.", MessageType.Info);
            }
            catch (Exception error) when (
                error is RetargetException || error is HemlineException || error is LibraryUnusableException)
            {
                Say(error.Message, MessageType.Error);
            }
        }

        string Transfer()
        {
            int count = Jobs.TransferWeights(body, outfit, folder);
            return "Transferred skin weights to " + count + (count == 1 ? " mesh." : " meshes.");
        }

        string Retarget()
        {
            IReadOnlyList<string> warnings = Jobs.Retarget(outfit, avatar, config, initialPose, folder);
            return "The outfit is on " + avatar.name + "." + string.Concat(Lines(warnings));
        }

        static IEnumerable<string> Lines(IEnumerable<string> warnings)
        {
            foreach (string warning in warnings)
            {
                yield return "\nNote: " + warning + ".";
            }
        }

        void Say(string text, MessageType type)
        {
            message = text;
            messageType = type;
            Repaint();
        }

        static T Field<T>(string label, string tip, T value) where T : UnityEngine.Object
        {
            return (T)EditorGUILayout.ObjectField(new GUIContent(label, tip), value, typeof(T), true);
        }

        static string FileField(string label, string tip, string value)
        {
            using (new EditorGUILayout.HorizontalScope())
            {
                value = EditorGUILayout.TextField(new GUIContent(label, tip), value);
                if (GUILayout.Button("…", GUILayout.Width(24)))
                {
                    string chosen = EditorUtility.OpenFilePanel(label, "", "json");
                    value = string.IsNullOrEmpty(chosen) ? value : chosen;
                }

                return value;
            }
        }
    }
}
