// SPDX-License-Identifier: MIT OR Apache-2.0
// Stand-ins for Unity's types; see Mathematics.cs.
using System;
using System.Collections.Generic;
using System.Linq;

namespace UnityEngine
{
    [AttributeUsage(AttributeTargets.Field)]
    public sealed class SerializeField : Attribute
    {
    }

    public class Object
    {
        public string name { get; set; } = "";

        public static Mesh Instantiate(Mesh mesh)
        {
            return mesh.Copy();
        }

        /// <summary>A branch of transforms; their components are not copied here, as they are by Unity.</summary>
        public static GameObject Instantiate(GameObject original)
        {
            var copy = new GameObject(original.name + "(Clone)");
            copy.transform.Local = original.transform.Local;
            for (int child = 0; child < original.transform.childCount; child++)
            {
                GameObject branch = Instantiate(original.transform.GetChild(child).gameObject);
                branch.name = original.transform.GetChild(child).name;
                branch.transform.SetParent(copy.transform, false);
            }

            return copy;
        }
    }

    public class Material : Object
    {
    }

    public sealed class GameObject : Object
    {
        readonly List<Component> components = new List<Component>();

        public GameObject(string name)
        {
            this.name = name;
            transform = AddComponent<Transform>();
        }

        public Transform transform { get; }

        public T AddComponent<T>() where T : Component, new()
        {
            var component = new T { gameObject = this };
            components.Add(component);
            return component;
        }

        public T GetComponent<T>() where T : class
        {
            return components.OfType<T>().FirstOrDefault();
        }

        public T[] GetComponentsInChildren<T>(bool includeInactive) where T : class
        {
            return transform.Branch().SelectMany(at => at.gameObject.components).OfType<T>().ToArray();
        }

        internal void Remove(Component component)
        {
            components.Remove(component);
        }
    }

    public class Component : Object
    {
        public GameObject gameObject { get; internal set; }

        public Transform transform
        {
            get { return gameObject.transform; }
        }

        public new string name
        {
            get { return gameObject.name; }
            set { gameObject.name = value; }
        }

        public T GetComponent<T>() where T : class
        {
            return gameObject.GetComponent<T>();
        }
    }

    public sealed class Transform : Component
    {
        readonly List<Transform> children = new List<Transform>();

        internal Matrix4x4 Local { get; set; } = Matrix4x4.identity;

        public Transform parent { get; private set; }

        public int childCount
        {
            get { return children.Count; }
        }

        public Matrix4x4 localToWorldMatrix
        {
            get { return parent == null ? Local : parent.localToWorldMatrix * Local; }
        }

        public Matrix4x4 worldToLocalMatrix
        {
            get { return localToWorldMatrix.inverse; }
        }

        public Vector3 position
        {
            get
            {
                Matrix4x4 world = localToWorldMatrix;
                return new Vector3(world[0, 3], world[1, 3], world[2, 3]);
            }

            set
            {
                Matrix4x4 world = localToWorldMatrix;
                world[0, 3] = value.x;
                world[1, 3] = value.y;
                world[2, 3] = value.z;
                SetWorld(world);
            }
        }

        /// <summary>Setting it drops the scale: tests have none.</summary>
        public Quaternion rotation
        {
            set
            {
                Matrix4x4 world = value.Matrix, before = localToWorldMatrix;
                for (int row = 0; row < 3; row++)
                {
                    world[row, 3] = before[row, 3];
                }

                SetWorld(world);
            }
        }

        public Transform GetChild(int index)
        {
            return children[index];
        }

        public void SetParent(Transform to, bool worldPositionStays)
        {
            Matrix4x4 world = localToWorldMatrix;
            if (parent != null)
            {
                parent.children.Remove(this);
            }

            parent = to;
            to.children.Add(this);
            if (worldPositionStays)
            {
                SetWorld(world);
            }
        }

        internal IEnumerable<Transform> Branch()
        {
            return new[] { this }.Concat(children.SelectMany(child => child.Branch()));
        }

        internal void SetWorld(Matrix4x4 world)
        {
            Local = parent == null ? world : parent.worldToLocalMatrix * world;
        }
    }

    public class Renderer : Component
    {
        public Material[] sharedMaterials { get; set; } = new Material[0];
    }

    public sealed class MeshFilter : Component
    {
        public Mesh sharedMesh { get; set; }
    }

    public sealed class MeshRenderer : Renderer
    {
    }

    public sealed class SkinnedMeshRenderer : Renderer
    {
        public Mesh sharedMesh { get; set; }

        public Transform[] bones { get; set; } = new Transform[0];

        public Transform rootBone { get; set; }

        public Bounds localBounds { get; set; }
    }
}
