using System.CommandLine;

return new RootCommand("Lazuli: train, serve, license and account for language models on your own machines.").Parse(args).Invoke();
