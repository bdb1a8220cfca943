// Package controlplane is empty. The go.mod of its module lists, as tools, the programs of a Kubernetes
// control plane that ../record/controllers builds and runs. It is a separate module so that no other package
// has their dependencies.
package controlplane
