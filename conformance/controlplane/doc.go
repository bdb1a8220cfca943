// Package controlplane is empty. Its module's go.mod names, as tools, the programs of a Kubernetes control plane that
// ../record/controllers builds and runs; it is a module of its own since nothing else should need what they need.
package controlplane
