// SPDX-License-Identifier: MIT OR Apache-2.0
// Stand-ins for Unity's types; see Mathematics.cs. What the editor was asked for is kept for tests.
using System;
using System.Collections.Generic;
using UnityEngine;

namespace UnityEngine
{
    public sealed class GUIContent
    {
        public GUIContent(string text, string tooltip)
        {
        }
    }

    public sealed class GUILayoutOption
    {
    }

    public static class GUILayout
    {
        /// <summary>Whether buttons are pressed.</summary>
        public static bool Press;

        public static int Toolbar(int selected, string[] texts)
        {
            return selected;
        }

        public static bool Button(string text, params GUILayoutOption[] options)
        {
            return Press && !UnityEditor.EditorGUI.DisabledScope.Disabled;
        }

        public static GUILayoutOption Width(float width)
        {
            return new GUILayoutOption();
        }
    }
}

namespace UnityEditor
{
    public enum MessageType
    {
        None,
        Info,
        Warning,
        Error,
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class MenuItem : Attribute
    {
        public MenuItem(string itemName)
        {
        }
    }

    public class EditorWindow : UnityEngine.Object
    {
        public static T GetWindow<T>(string title) where T : EditorWindow, new()
        {
            return new T { name = title };
        }

        public void Repaint()
        {
        }
    }

    public static class EditorGUI
    {
        public sealed class DisabledScope : IDisposable
        {
            public static bool Disabled;

            public DisabledScope(bool disabled)
            {
                Disabled = disabled;
            }

            public void Dispose()
            {
                Disabled = false;
            }
        }
    }

    public static class EditorGUILayout
    {
        /// <summary>What the window says.</summary>
        public static string Help;

        public static void Space()
        {
        }

        public static string TextField(GUIContent label, string text)
        {
            return text;
        }

        public static UnityEngine.Object ObjectField(
            GUIContent label, UnityEngine.Object value, Type type, bool allowSceneObjects)
        {
            return value;
        }

        public static void HelpBox(string text, MessageType type)
        {
            Help = type + ": " + text;
        }

        public sealed class HorizontalScope : IDisposable
        {
            public void Dispose()
            {
            }
        }
    }

    public static class EditorUtility
    {
        /// <summary>The fractions that the bar was asked to show, and whether its button is pressed from one on.</summary>
        public static readonly List<float> Shown = new List<float>();
        public static float CancelFrom = float.PositiveInfinity;
        public static bool Cleared;

        public static bool DisplayCancelableProgressBar(string title, string info, float progress)
        {
            Shown.Add(progress);
            Cleared = false;
            return progress >= CancelFrom;
        }

        public static void ClearProgressBar()
        {
            Cleared = true;
        }

        public static string OpenFilePanel(string title, string directory, string extension)
        {
            return "";
        }
    }

    public static class AssetDatabase
    {
        /// <summary>Assets by path.</summary>
        public static readonly Dictionary<string, UnityEngine.Object> Assets = new Dictionary<string, UnityEngine.Object>();
        static readonly HashSet<string> Folders = new HashSet<string> { "Assets" };

        public static bool IsValidFolder(string path)
        {
            return Folders.Contains(path);
        }

        public static string CreateFolder(string parent, string name)
        {
            if (!Folders.Contains(parent))
            {
                throw new ArgumentException("there is no folder " + parent);
            }

            Folders.Add(parent + "/" + name);
            return "";
        }

        public static string GenerateUniqueAssetPath(string path)
        {
            string free = path;
            for (int number = 1; Assets.ContainsKey(free); number++)
            {
                free = path.Replace(".asset", " " + number + ".asset");
            }

            return free;
        }

        public static void CreateAsset(UnityEngine.Object asset, string path)
        {
            if (!Folders.Contains(path.Substring(0, path.LastIndexOf('/'))) || Assets.ContainsKey(path))
            {
                throw new ArgumentException("cannot create " + path);
            }

            Assets[path] = asset;
        }

        public static void SaveAssets()
        {
        }
    }

    public static class Undo
    {
        /// <summary>What was recorded.</summary>
        public static readonly List<UnityEngine.Object> Recorded = new List<UnityEngine.Object>();

        public static void SetCurrentGroupName(string name)
        {
        }

        public static void RecordObject(UnityEngine.Object changed, string name)
        {
            Recorded.Add(changed);
        }

        public static void RegisterCreatedObjectUndo(UnityEngine.Object created, string name)
        {
            Recorded.Add(created);
        }

        public static void DestroyObjectImmediate(UnityEngine.Object removed)
        {
            var component = (Component)removed;
            component.gameObject.Remove(component);
        }

        public static T AddComponent<T>(GameObject owner) where T : Component, new()
        {
            T made = owner.AddComponent<T>();
            Recorded.Add(made);
            return made;
        }
    }

    public sealed class PluginImporter
    {
        public bool isNativePlugin
        {
            get { return true; }
        }

        public string assetPath { get; private set; }

        public static PluginImporter[] GetAllImporters()
        {
            string folder = System.IO.Path.GetDirectoryName(typeof(PluginImporter).Assembly.Location);
            string[] files = System.IO.Directory.GetFiles(folder, "*.so");
            return Array.ConvertAll(files, file => new PluginImporter { assetPath = file });
        }

        public bool GetCompatibleWithEditor()
        {
            return true;
        }
    }
}
