# Steps one after the other, with a parameter.
@{
    Name        = '__NAME__'
    Description = 'What it is for'
    Version     = '1.0'

    # What it is told when it is started: type, required, default, allowed, description, sensitive.
    Parameters  = @{
        target = @{ type = 'string'; default = 'here'; description = 'Target system' }
    }

    # {{name}} puts the value of a parameter into a command: as a value, never as code.
    Steps       = @(
        @{ Name = 'Validate'; Type = 'script'; Command = 'Write-Output "validate {{target}}"' }
        @{ Name = 'Execute'; Type = 'script'; Command = 'Write-Output "execute on {{target}}"'; Timeout = 300 }
        @{ Name = 'Verify'; Type = 'script'; Command = 'Write-Output "verify {{target}}"' }
    )
}
