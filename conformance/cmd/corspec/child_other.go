//go:build !unix

package main

import "os/exec"

// ownGroup is for systems with groups of processes.
func ownGroup(*exec.Cmd) {}

// killGroup ends a program. What it has started is not known here.
func killGroup(cmd *exec.Cmd) { cmd.Process.Kill() }

// askGroup is for systems on which a program can be asked to end.
func askGroup(cmd *exec.Cmd) { killGroup(cmd) }
